#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

/// The discrete Fourier transform, X_k = sum of x_j exp(-2 pi i j k / n). No state; any thread.
namespace haven::coordination {

using Complex = std::complex<double>;

/// Of any size: by powers of two where it is one, else after Bluestein. n log n.
[[nodiscard]] std::vector<Complex> fourier(std::vector<Complex> values);

/// The signal, and its Hilbert transform as the imaginary part (Marple 1999): what stands at
/// negative frequencies is taken away.
[[nodiscard]] std::vector<Complex> analytic_signal(std::span<const double> signal);

/// The squared magnitudes of the signal's transform, zero-padded to `size` (a power of two that is
/// not less than the signal's), for the frequencies from 0 to half the rate.
[[nodiscard]] std::vector<double> power_spectrum(std::span<const double> signal, std::size_t size);

} // namespace haven::coordination
