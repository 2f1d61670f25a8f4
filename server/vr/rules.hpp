#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "server/http/digest.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is decided about drawings and traces without a database. Pure.
namespace haven::vr {

struct Ink {
    std::vector<Stroke> left;
    std::vector<Stroke> right;
    std::int32_t stroke_count = 0; ///< without copies made by symmetry and what was taken back
};

/// Both hands' ink of a drawing that came as encode_ink writes it; nothing for any other.
[[nodiscard]] std::optional<Ink> read_written_ink(const api::BilateralDrawingView& drawing);
/// Both hands' ink of a drawing; what is wrong in it is pointed to from the body's root.
[[nodiscard]] std::expected<Ink, std::vector<api::BodyError>>
read_ink(const api::BilateralDrawingView& drawing);
/// The same for each hand's ink by itself; a hand of which nothing was ever stored has no strokes.
[[nodiscard]] std::expected<Ink, std::vector<api::BodyError>> read_ink(std::string_view left_json,
                                                                       std::string_view right_json);

/// The objects' keys say whose they are and of which content, so a write that is refused in the end
/// never replaces what another has stored.
struct CanvasKeys {
    std::string left;
    std::string right;
    std::string combined;
};
[[nodiscard]] CanvasKeys canvas_keys(const Uuid& user_id, const Uuid& drawing_id,
                                     const http::Digest& digest);

/// The SHA-256 of a Content-Digest field (RFC 9530), `sha-256=:BASE64:`, among other algorithms
/// perhaps.
[[nodiscard]] std::optional<http::Digest> parse_content_digest(std::string_view field);

/// 64 hexadecimal digits.
[[nodiscard]] std::optional<http::Digest> parse_sha256_hex(std::string_view hex);

/// The offset of a chunk in its path: digits alone.
[[nodiscard]] std::optional<std::int64_t> parse_offset(std::string_view text);

} // namespace haven::vr
