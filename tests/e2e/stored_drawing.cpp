#include "tests/e2e/stored_drawing.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "tests/e2e/house.hpp"
#include "tests/e2e/ink_path.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/process.hpp"

#include <png.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <format>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {

std::vector<Stroke> stored_strokes(const House& house, const std::string& drawing_id, Hand hand) {
    auto document =
        decode_ink(house.sql(std::format(
                       "SELECT {}_hand_strokes::text FROM bilateral_drawings WHERE id = '{}'",
                       to_string(hand), drawing_id)),
                   hand);
    if (!document) {
        throw std::runtime_error(std::format("the stored ink of drawing {}: {} {}", drawing_id,
                                             document.error().pointer, document.error().detail));
    }
    return std::move(document->strokes);
}

std::vector<Stroke> own_strokes(const std::vector<Stroke>& strokes) {
    std::vector<Stroke> own;
    std::ranges::copy_if(strokes, std::back_inserter(own),
                         [](const Stroke& stroke) { return !stroke.derived_from; });
    return own;
}

std::vector<Stroke> copied_strokes(const std::vector<Stroke>& strokes) {
    std::vector<Stroke> copies;
    std::ranges::copy_if(strokes, std::back_inserter(copies),
                         [](const Stroke& stroke) { return stroke.derived_from.has_value(); });
    return copies;
}

InkDemand demand_of(const House& house, const std::string& drawing_id) {
    const double longest_s =
        std::stod(house.sql(std::format(
            "SELECT v.performance_metrics #>> '{{frame_ms,max}}' FROM bilateral_drawings d "
            "JOIN vr_sessions v ON v.id = d.vr_session_id WHERE d.id = '{}'",
            drawing_id))) /
        1e3;
    return {.ends_s = longest_s + 0.15, .sample_interval_s = longest_s + 0.05};
}

std::vector<std::byte> object_bytes(const House& house, const std::string& key) {
    const std::string text = read_text(house.objects() / key);
    std::vector<std::byte> bytes(text.size());
    std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}

std::size_t drawn_pixels(const std::string& png) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, png.data(), png.size()) == 0) {
        return 0;
    }
    image.format = PNG_FORMAT_RGBA;
    std::vector<std::uint32_t> pixels(std::size_t{image.width} * image.height);
    if (png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) == 0) {
        png_image_free(&image);
        return 0;
    }
    return static_cast<std::size_t>(std::ranges::count_if(
        pixels, [&](std::uint32_t pixel) { return pixel != pixels.front(); }));
}

} // namespace haven::test
