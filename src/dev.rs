//! Tools for authors of layers, losses and networks: the gradient checker. Feature `dev`.
