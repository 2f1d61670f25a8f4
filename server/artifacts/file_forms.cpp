#include "server/artifacts/file_forms.hpp"

#include "bilateral/trace_format.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace haven::artifacts {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t head_bytes = 64;

/// A RIFF file says what is in it after its length.
bool is_riff(std::string_view head, std::string_view of) {
    return head.starts_with("RIFF"sv) && head.size() >= 12 && head.substr(8, 4) == of;
}

/// MPEG audio with a tag before it, or beginning with a frame of layer III.
bool is_mpeg_audio(std::string_view head) {
    if (head.starts_with("ID3"sv)) {
        return true;
    }
    if (head.size() < 3 || head[0] != '\xFF') {
        return false;
    }
    const auto second = static_cast<unsigned char>(head[1]);
    const auto third = static_cast<unsigned char>(head[2]);
    const bool synchronised = (second & 0xE0U) == 0xE0U;
    const bool version_known = (second & 0x18U) != 0x08U;
    const bool layer_3 = (second & 0x06U) == 0x02U;
    const bool rates_known = (third & 0xF0U) != 0xF0U && (third & 0x0CU) != 0x0CU;
    return synchronised && version_known && layer_3 && rates_known;
}

/// Matroska and WebM begin alike; the document's type follows within the first element.
bool is_webm(std::string_view head) {
    return head.starts_with("\x1A\x45\xDF\xA3"sv) && head.contains("webm"sv);
}

} // namespace

std::string_view mime_of(std::span<const std::byte> file) {
    const std::string_view head(reinterpret_cast<const char*>(file.data()),
                                std::min(file.size(), head_bytes));
    if (head.starts_with("OggS\0"sv)) {
        return "audio/ogg";
    }
    if (is_riff(head, "WAVE")) {
        return "audio/wav";
    }
    if (is_webm(head)) {
        return "audio/webm";
    }
    if (head.starts_with("\x89PNG\r\n\x1A\n"sv)) {
        return "image/png";
    }
    if (head.starts_with("\xFF\xD8\xFF"sv)) {
        return "image/jpeg";
    }
    if (is_riff(head, "WEBP")) {
        return "image/webp";
    }
    if (head.starts_with(trace::magic)) {
        return trace_mime;
    }
    return is_mpeg_audio(head) ? "audio/mpeg"sv : ""sv;
}

std::int64_t file_bytes_max(std::string_view artifact_type) {
    struct Limit {
        std::string_view artifact_type;
        std::int64_t bytes_max;
    };
    constexpr std::int64_t mib = std::int64_t{1} << 20U;
    constexpr std::array limits = std::to_array<Limit>({
        {"audio_recording", any_file_bytes_max},
        {"canvas_drawing", 8 * mib},
        {"vr_volumetric", 16 * mib}, // longer ones come in chunks, with their drawing
    });
    const auto* const found = std::ranges::find(limits, artifact_type, &Limit::artifact_type);
    return found == limits.end() ? 0 : found->bytes_max;
}

} // namespace haven::artifacts
