#include "bilateral/coordination/fourier.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace haven::coordination {

namespace {

/// Without the standard's care for infinities, which there are none of here.
Complex times(const Complex& a, const Complex& b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// exp(-2 pi i part / whole)
Complex turn(std::size_t part, std::size_t whole) {
    return std::polar(1.0, -2.0 * std::numbers::pi * static_cast<double>(part) /
                               static_cast<double>(whole));
}

void reverse_bits(std::span<Complex> values) {
    const std::size_t n = values.size();
    for (std::size_t i = 1, j = 0; i < n; ++i) {
        std::size_t bit = n >> 1U;
        for (; (j & bit) != 0; bit >>= 1U) {
            j ^= bit;
        }
        j ^= bit;
        if (i < j) {
            std::swap(values[i], values[j]);
        }
    }
}

/// Cooley and Tukey, in place.
void by_powers_of_two(std::span<Complex> values) {
    const std::size_t n = values.size();
    assert(std::has_single_bit(n));
    std::vector<Complex> turns(n / 2);
    for (std::size_t k = 0; k < turns.size(); ++k) {
        turns[k] = turn(k, n);
    }
    reverse_bits(values);
    for (std::size_t half = 1; half < n; half *= 2) {
        const std::size_t stride = n / (2 * half);
        for (std::size_t start = 0; start < n; start += 2 * half) {
            for (std::size_t k = 0; k < half; ++k) {
                const Complex odd = times(values[start + half + k], turns[k * stride]);
                const Complex even = values[start + k];
                values[start + k] = even + odd;
                values[start + half + k] = even - odd;
            }
        }
    }
}

void conjugate(std::span<Complex> values) {
    for (Complex& value : values) {
        value = std::conj(value);
    }
}

/// As a convolution of a size that is a power of two: j k = (j^2 + k^2 - (k - j)^2) / 2.
std::vector<Complex> bluestein(const std::vector<Complex>& values) {
    const std::size_t n = values.size();
    const std::size_t size = std::bit_ceil(2 * n - 1);
    std::vector<Complex> chirp(n);
    std::vector<Complex> a(size);
    std::vector<Complex> b(size);
    for (std::size_t k = 0; k < n; ++k) {
        chirp[k] = turn(k * k % (2 * n), 2 * n);
        a[k] = times(values[k], chirp[k]);
        b[k] = std::conj(chirp[k]);
        b[(size - k) % size] = b[k];
    }
    by_powers_of_two(a);
    by_powers_of_two(b);
    for (std::size_t k = 0; k < size; ++k) {
        a[k] = std::conj(times(a[k], b[k]));
    }
    by_powers_of_two(a); // the inverse: of conjugates, conjugated, over the size
    std::vector<Complex> result(n);
    for (std::size_t k = 0; k < n; ++k) {
        result[k] = times(std::conj(a[k]) / static_cast<double>(size), chirp[k]);
    }
    return result;
}

} // namespace

std::vector<Complex> fourier(std::vector<Complex> values) {
    if (values.size() < 2) {
        return values;
    }
    if (!std::has_single_bit(values.size())) {
        return bluestein(values);
    }
    by_powers_of_two(values);
    return values;
}

std::vector<Complex> analytic_signal(std::span<const double> signal) {
    const std::size_t n = signal.size();
    std::vector<Complex> values = fourier({signal.begin(), signal.end()});
    for (std::size_t k = 1; k < n; ++k) {
        if (2 * k < n) {
            values[k] *= 2.0;
        } else if (2 * k > n) {
            values[k] = 0.0;
        }
    }
    conjugate(values);
    values = fourier(std::move(values));
    conjugate(values);
    for (Complex& value : values) {
        value /= static_cast<double>(n);
    }
    return values;
}

std::vector<double> power_spectrum(std::span<const double> signal, std::size_t size) {
    assert(std::has_single_bit(size) && size >= signal.size());
    std::vector<Complex> values(size);
    std::ranges::copy(signal, values.begin());
    by_powers_of_two(values);
    std::vector<double> power(size / 2 + 1);
    for (std::size_t k = 0; k < power.size(); ++k) {
        power[k] = std::norm(values[k]);
    }
    return power;
}

} // namespace haven::coordination
