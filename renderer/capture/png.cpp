#include "renderer/capture/capture.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

#include <png.h>

namespace haven::renderer {

std::array<std::uint8_t, 4> RgbaPicture::at(std::uint32_t x, std::uint32_t y) const {
    const std::size_t i = (std::size_t{y} * width + x) * 4;
    return {bytes.at(i), bytes.at(i + 1), bytes.at(i + 2), bytes.at(i + 3)};
}

std::expected<void, std::string> write_png(const std::filesystem::path& file,
                                           const RgbaPicture& picture) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = picture.width;
    image.height = picture.height;
    image.format = PNG_FORMAT_RGBA;
    image.flags = PNG_IMAGE_FLAG_FAST;
    if (png_image_write_to_file(&image, file.c_str(), 0, picture.bytes.data(), 0, nullptr) == 0) {
        return std::unexpected("cannot write " + file.string() + ": " + image.message);
    }
    return {};
}

} // namespace haven::renderer
