#define GLM_ENABLE_EXPERIMENTAL
#include "tests/golden/ink_cloud.hpp"

#include "renderer/capture/capture.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/scene/ink_ring.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/gtx/quaternion.hpp>
#include <glm/vec3.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace haven::test {

void set_ink_cloud(renderer::HeadlessRenderer& headless, int points) {
    using renderer::InkHand;
    headless.renderer().ink().clear(InkHand::left);
    headless.renderer().ink().clear(InkHand::right);
    constexpr int stroke_points = 100;
    for (int stroke = 0; stroke * stroke_points < points; ++stroke) {
        const auto at = [&](int i) {
            const float t = 0.02F * static_cast<float>(i);
            const auto s = static_cast<float>(stroke);
            return glm::vec3(0.6F * std::sin(t + s * 2.4F), 1.3F + 0.4F * std::sin(t * 1.3F + s),
                             -0.7F + 0.2F * std::cos(t + s * 1.7F));
        };
        std::vector<scene::InkRing> rings(stroke_points);
        for (int i = 0; i < stroke_points; ++i) {
            auto& ring = rings[static_cast<std::size_t>(i)];
            const glm::vec3 along = glm::normalize(at(i + 1) - at(i));
            const glm::quat turn = glm::rotation(glm::vec3(0, 0, 1), along);
            ring.centre_m = at(i);
            ring.radius_m = 0.003F;
            for (int k = 0; k < 4; ++k) {
                ring.frame.at(static_cast<std::size_t>(k)) =
                    static_cast<std::int16_t>(std::lround(turn[k] * 32767.0F));
            }
            ring.colour = 0xFF5FA8E8U;
        }
        rings.back().flags = scene::InkRing::last_of_stroke;
        headless.renderer().ink().append(stroke % 2 == 0 ? InkHand::left : InkHand::right, rings);
    }
}

} // namespace haven::test
