#pragma once

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_mesh.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace haven::canvas {

/// Leaves out the rings without which the tube is the same within `tolerance_m`: its centre line,
/// its radius and the roundness of its joints. The first and the last ring stay, and the full rings
/// behind and before the caps, so that what is left is a closed tube however coarse. Linear time.
[[nodiscard]] std::vector<TubeRing> thinned(std::span<const TubeRing> rings, float tolerance_m);

/// The rings of a finished stroke, thinned as they are made: however long it is, about `rings_max`
/// are in memory; the tolerance is doubled for it, up to `tolerance_m_max`. Empty: none of its
/// points can be shown.
[[nodiscard]] std::vector<TubeRing> thinned_rings(const Stroke& stroke, float& tolerance_m,
                                                  float tolerance_m_max, std::size_t rings_max);

} // namespace haven::canvas
