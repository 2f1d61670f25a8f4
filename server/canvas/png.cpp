#include "server/canvas/png.hpp"

#include <png.h>

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace haven::canvas {

namespace {

void append(png_structp png, png_bytep data, png_size_t size) {
    auto& bytes = *static_cast<std::vector<std::byte>*>(png_get_io_ptr(png));
    const auto chunk = std::as_bytes(std::span(data, size));
    bytes.insert(bytes.end(), chunk.begin(), chunk.end());
}

/// libpng leaves by longjmp when it fails, so nothing with a destructor may live in here.
bool write_png(png_structp png, png_infop info, const unsigned char* pixels, int width, int height,
               int stride_bytes, std::vector<std::byte>& bytes, std::vector<unsigned char>& row) {
    if (setjmp(png_jmpbuf(png)) != 0) { // NOLINT: libpng's own way to fail
        return false;
    }
    png_set_write_fn(png, &bytes, append, nullptr);
    png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_set_compression_level(png, 1);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_write_info(png, info);
    for (int y = 0; y < height; ++y) {
        const unsigned char* source = pixels + (static_cast<std::ptrdiff_t>(y) * stride_bytes);
        for (int x = 0; x < width; ++x) {
            std::uint32_t pixel = 0;
            std::memcpy(&pixel, source + (static_cast<std::ptrdiff_t>(x) * 4), sizeof pixel);
            unsigned char* target = row.data() + (static_cast<std::ptrdiff_t>(x) * 3);
            target[0] = static_cast<unsigned char>(pixel >> 16U);
            target[1] = static_cast<unsigned char>(pixel >> 8U);
            target[2] = static_cast<unsigned char>(pixel);
        }
        png_write_row(png, row.data());
    }
    png_write_end(png, info);
    return true;
}

} // namespace

std::expected<std::vector<std::byte>, std::string>
encode_png(const unsigned char* pixels, int width, int height, int stride_bytes) {
    std::vector<std::byte> bytes;
    bytes.reserve(std::size_t{64} * 1024);
    std::vector<unsigned char> row(static_cast<std::size_t>(width) * 3);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
    const bool written =
        info != nullptr && write_png(png, info, pixels, width, height, stride_bytes, bytes, row);
    png_destroy_write_struct(&png, &info);
    if (!written) {
        return std::unexpected("no memory to encode a picture");
    }
    return bytes;
}

} // namespace haven::canvas
