#include "server/canvas/canvas.hpp"
#include "server/canvas/png.hpp"

#include <cairo.h>

#include <cstddef>
#include <cstring>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace haven::canvas {

namespace {

using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;
using Context = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;

cairo_status_t take(void* rest, unsigned char* into, unsigned int length) {
    auto& bytes = *static_cast<std::span<const std::byte>*>(rest);
    if (length > bytes.size()) {
        return CAIRO_STATUS_READ_ERROR;
    }
    std::memcpy(into, bytes.data(), length);
    bytes = bytes.subspan(length);
    return CAIRO_STATUS_SUCCESS;
}

} // namespace

bool is_of_size(std::span<const std::byte> png) {
    // The width and the height of IHDR, which is always first, as 32 bits, the highest first.
    constexpr std::size_t width_at = 16;
    constexpr std::size_t height_at = 20;
    const auto is_size = [&](std::size_t at) {
        unsigned value = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            value = (value << 8U) | std::to_integer<unsigned>(png[at + i]);
        }
        return value == static_cast<unsigned>(size_px);
    };
    return png.size() >= height_at + 4 && is_size(width_at) && is_size(height_at);
}

std::expected<std::vector<std::byte>, std::string> thumbnail_of(std::span<const std::byte> png) {
    std::span<const std::byte> rest = png;
    const Surface whole(cairo_image_surface_create_from_png_stream(take, &rest),
                        cairo_surface_destroy);
    const Surface small(cairo_image_surface_create(CAIRO_FORMAT_RGB24, thumbnail_px, thumbnail_px),
                        cairo_surface_destroy);
    const Context context(cairo_create(small.get()), cairo_destroy);
    if (cairo_surface_status(whole.get()) == CAIRO_STATUS_SUCCESS) {
        const double scale =
            static_cast<double>(thumbnail_px) / cairo_image_surface_get_width(whole.get());
        cairo_scale(context.get(), scale, scale);
        cairo_set_source_surface(context.get(), whole.get(), 0.0, 0.0);
        cairo_pattern_set_filter(cairo_get_source(context.get()), CAIRO_FILTER_GOOD);
        cairo_pattern_set_extend(cairo_get_source(context.get()), CAIRO_EXTEND_PAD);
        cairo_paint(context.get());
        cairo_surface_flush(small.get());
    }
    for (const cairo_status_t status :
         {cairo_surface_status(whole.get()), cairo_status(context.get())}) {
        if (status != CAIRO_STATUS_SUCCESS) {
            return std::unexpected(std::string("making a thumbnail: ") +
                                   cairo_status_to_string(status));
        }
    }
    return encode_png(cairo_image_surface_get_data(small.get()), thumbnail_px, thumbnail_px,
                      cairo_image_surface_get_stride(small.get()));
}

} // namespace haven::canvas
