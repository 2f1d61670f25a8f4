#pragma once

#include "renderer/scene/scene.hpp"

namespace haven::scene {

/// Cuts off the corners of cards of foliage where the pattern leaves nothing of them, whatever
/// the noise says: a seventh of a card of leaves, a sixth of one of grass, which a GPU would
/// shade for nothing. A card is a quad that spans its whole metre of the pattern's plane; what
/// else there is stays as it is. For renderers that pay for each pixel rather than each triangle.
void trim_cards(SceneMesh& mesh);

} // namespace haven::scene
