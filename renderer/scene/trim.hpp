#pragma once

#include "renderer/scene/scene.hpp"

namespace haven::scene {

/// Cuts each card of foliage down to the outlines of what its picture shows (card_outlines.hpp):
/// about half of it, which a GPU would shade for nothing. A card is a quad that spans its whole
/// metre of the pattern's plane; what else there is stays as it is. For renderers that pay for each
/// pixel rather than each triangle.
void trim_cards(SceneMesh& mesh);

} // namespace haven::scene
