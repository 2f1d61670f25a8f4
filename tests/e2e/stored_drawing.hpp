#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "tests/e2e/house.hpp"
#include "tests/e2e/ink_path.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace haven::test {

/// A hand's strokes as the database has them, decoded; throws std::runtime_error when they do not
/// decode.
[[nodiscard]] std::vector<Stroke> stored_strokes(const House& house, const std::string& drawing_id,
                                                 Hand hand);

/// Without the copies that symmetry made, and only those.
[[nodiscard]] std::vector<Stroke> own_strokes(const std::vector<Stroke>& strokes);
[[nodiscard]] std::vector<Stroke> copied_strokes(const std::vector<Stroke>& strokes);

/// What can be asked of the ink, given how far apart the client's own metrics say its frames were.
[[nodiscard]] InkDemand demand_of(const House& house, const std::string& drawing_id);

/// A file of the object store.
[[nodiscard]] std::vector<std::byte> object_bytes(const House& house, const std::string& key);

/// Pixels of a PNG that differ from its first one; 0 when it is not a PNG.
[[nodiscard]] std::size_t drawn_pixels(const std::string& png);

} // namespace haven::test
