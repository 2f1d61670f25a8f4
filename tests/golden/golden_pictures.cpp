#include "tests/golden/golden_pictures.hpp"

#include "renderer/capture/capture.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>
#include <vector>

namespace haven::testing {
namespace {

using renderer::RgbaPicture;

constexpr std::uint32_t cell_px = 4;

std::array<double, 3> cell_mean(const RgbaPicture& picture, std::uint32_t x, std::uint32_t y) {
    std::array<double, 3> sum{};
    for (std::uint32_t i = 0; i < cell_px * cell_px; ++i) {
        const auto pixel = picture.at(x + i % cell_px, y + i / cell_px);
        for (std::size_t c = 0; c < 3; ++c) {
            sum.at(c) += pixel.at(c);
        }
    }
    for (double& value : sum) {
        value /= cell_px * cell_px;
    }
    return sum;
}

} // namespace

std::expected<RgbaPicture, std::string> read_png(const std::filesystem::path& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, file.c_str()) == 0) {
        return std::unexpected(std::format("{}: {}", file.string(), &image.message[0]));
    }
    image.format = PNG_FORMAT_RGBA;
    RgbaPicture picture{.width = image.width, .height = image.height, .bytes = {}};
    picture.bytes.resize(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, nullptr, picture.bytes.data(), 0, nullptr) == 0) {
        return std::unexpected(std::format("{}: {}", file.string(), &image.message[0]));
    }
    return picture;
}

PictureDifference difference_of(const RgbaPicture& a, const RgbaPicture& b) {
    if (a.width != b.width || a.height != b.height) {
        return {.mean = 255.0, .cells_apart = 1.0};
    }
    double sum = 0.0;
    std::size_t apart = 0;
    std::size_t cells = 0;
    for (std::uint32_t y = 0; y + cell_px <= a.height; y += cell_px) {
        for (std::uint32_t x = 0; x + cell_px <= a.width; x += cell_px) {
            const auto one = cell_mean(a, x, y);
            const auto other = cell_mean(b, x, y);
            double most = 0.0;
            for (std::size_t c = 0; c < 3; ++c) {
                most = std::max(most, std::abs(one.at(c) - other.at(c)));
            }
            sum += most;
            apart += most > PictureDifference::cell_step ? 1 : 0;
            ++cells;
        }
    }
    const auto count = static_cast<double>(std::max<std::size_t>(cells, 1));
    return {.mean = sum / count, .cells_apart = static_cast<double>(apart) / count};
}

RgbaPicture side_by_side(const RgbaPicture& left, const RgbaPicture& right) {
    RgbaPicture both{.width = left.width + right.width, .height = left.height, .bytes = {}};
    both.bytes.reserve(left.bytes.size() + right.bytes.size());
    for (std::uint32_t y = 0; y < left.height; ++y) {
        for (const RgbaPicture* one : {&left, &right}) {
            const auto row = one->bytes.begin() + static_cast<std::ptrdiff_t>(y) * one->width * 4;
            both.bytes.insert(both.bytes.end(), row,
                              row + static_cast<std::ptrdiff_t>(one->width) * 4);
        }
    }
    return both;
}

RgbaPicture difference_picture(const RgbaPicture& expected, const RgbaPicture& shown) {
    if (expected.width != shown.width || expected.height != shown.height) {
        return shown;
    }
    RgbaPicture apart = shown;
    for (std::size_t i = 0; i < apart.bytes.size(); ++i) {
        const int difference = std::abs(shown.bytes[i] - expected.bytes[i]) * 8;
        apart.bytes[i] = static_cast<std::uint8_t>(i % 4 == 3 ? 255 : std::min(difference, 255));
    }
    return side_by_side(side_by_side(expected, shown), apart);
}

std::string golden_fault(const std::string& name, const RgbaPicture& shown,
                         std::string_view make_golden) {
    const auto file =
        std::filesystem::path(HAVEN_SOURCE_DIR "/tests/golden/pictures") / (name + ".png");
    const char* const asked = std::getenv("UPDATE_GOLDEN");
    if (asked != nullptr && std::string_view(asked) == "1") {
        std::filesystem::create_directories(file.parent_path());
        const auto written = renderer::write_png(file, shown);
        return written ? "" : written.error();
    }
    const auto expected = read_png(file);
    if (!expected) {
        return std::format("no golden picture of {} ({}); look at it, then make it: {}", name,
                           expected.error(), make_golden);
    }
    const auto apart = difference_of(*expected, shown);
    if (apart.looks_the_same()) {
        return "";
    }
    const std::filesystem::path differences = HAVEN_BINARY_DIR "/golden-differences";
    std::filesystem::create_directories(differences);
    const auto to = differences / (name + ".png");
    const auto written = renderer::write_png(to, difference_picture(*expected, shown));
    return std::format(
        "{} looks different: {} steps in the mean, {} % of it clearly; see {}. If it "
        "is meant: {}",
        name, apart.mean, 100.0 * apart.cells_apart, written ? to.string() : written.error(),
        make_golden);
}

} // namespace haven::testing
