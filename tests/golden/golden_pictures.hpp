#pragma once

#include "renderer/capture/capture.hpp"

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace haven::testing {

/// Reads an 8-bit PNG as RGBA; the error says which file and why.
[[nodiscard]] std::expected<renderer::RgbaPicture, std::string>
read_png(const std::filesystem::path& file);

/// How far two pictures of one size are apart to an eye that does not count pixels: both are
/// averaged over 4 x 4 pixels first.
struct PictureDifference {
    double mean = 0.0;        ///< of the cells' steps of 255
    double cells_apart = 0.0; ///< share of the cells that are more than `cell_step` apart
    static constexpr double cell_step = 10.0;
    static constexpr double mean_max = 1.0;
    static constexpr double cells_apart_max = 0.004;
    [[nodiscard]] bool looks_the_same() const {
        return mean <= mean_max && cells_apart <= cells_apart_max;
    }
};
[[nodiscard]] PictureDifference difference_of(const renderer::RgbaPicture& a,
                                              const renderer::RgbaPicture& b);

/// Expected, shown, and what is between them times eight, side by side.
[[nodiscard]] renderer::RgbaPicture difference_picture(const renderer::RgbaPicture& expected,
                                                       const renderer::RgbaPicture& shown);

/// The left eye's picture and, to its right, the right eye's.
[[nodiscard]] renderer::RgbaPicture side_by_side(const renderer::RgbaPicture& left,
                                                 const renderer::RgbaPicture& right);

/// What is to be said when a picture does not look as the one kept in tests/golden/pictures, with
/// the command that keeps it anew; empty where it does. With UPDATE_GOLDEN=1 it is kept.
[[nodiscard]] std::string golden_fault(const std::string& name, const renderer::RgbaPicture& shown,
                                       std::string_view make_golden);

} // namespace haven::testing
