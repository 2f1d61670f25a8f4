#pragma once

#include "renderer/capture/capture.hpp"

namespace haven::test {

/// The ink becomes strokes of 100 points each, `points` in all, in a cloud within the arms' reach.
void set_ink_cloud(renderer::HeadlessRenderer& headless, int points);

} // namespace haven::test
