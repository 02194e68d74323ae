// The same library in C++: a context on the heap, owned, and errors as exceptions.
#include <cstdio>
#include <cstdint>
#include <cinttypes>
#include <memory>
#include <stdexcept>
#include <vector>

#include "digits.h"
#include "trained.h"

static int checked(int code)
{
    if (code < 0)
        throw std::runtime_error(nanoprop_error(code));
    return code;
}

class Digits {
    std::unique_ptr<digits_context> context{new digits_context};

public:
    explicit Digits(std::uint64_t seed) { checked(digits_init(context.get(), seed)); }

    void learn(const std::vector<float> &x, std::size_t digit, float rate)
    {
        if (x.size() != DIGITS_INPUT)
            throw std::invalid_argument("an input has 64 pixels");
        checked(digits_learn_class(context.get(), x.data(), digit, rate));
    }

    int classify(const std::vector<float> &x) const { return checked(digits_classify(context.get(), x.data())); }

    std::vector<std::uint8_t> save() const
    {
        std::vector<std::uint8_t> file(DIGITS_CHECKPOINT);
        checked(digits_save(context.get(), file.data(), file.size()));
        return file;
    }

    void load(const std::vector<std::uint8_t> &file) { checked(digits_load(context.get(), file.data(), file.size())); }
};

int main()
{
    static_assert(sizeof(digits_context) == DIGITS_CONTEXT_SIZE, "the header's size is the context's");
    static_assert(alignof(digits_context) == DIGITS_CONTEXT_ALIGNMENT, "and so is the alignment");
    const std::vector<float> x(DIGITS_INPUT, 0.5f);
    Digits net(1), other(2);
    for (int step = 0; step < 20; step++)
        net.learn(x, 7, 0.5f);
    other.load(net.save());
    if (net.classify(x) != 7 || other.classify(x) != 7)
        return 1;
    float probabilities[TRAINED_OUTPUT];
    checked(trained_predict(x.data(), probabilities));
    try {
        net.learn(x, 10, 0.5f);
    } catch (const std::runtime_error &error) {
        std::printf("refused: %s\n", error.what());
        return 0;
    }
    return 1;
}
