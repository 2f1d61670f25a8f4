#pragma once

#include "bilateral/pose.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/passes/panel_canvas.hpp"
#include "renderer/passes/picture.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_layout.hpp"
#include "ui/panel_painter.hpp"

#include <glm/vec3.hpp>

#include <memory>
#include <optional>

namespace haven::testing {

/// Puts panels before a head, in pictures made without a headset. Throws where something fails.
class PanelStage {
  public:
    explicit PanelStage(renderer::HeadlessRenderer& headless);

    /// Painted, and where it hangs before that head.
    [[nodiscard]] renderer::ShownPanel show(const ui::Panel& panel, const ui::PanelState& state,
                                            const Pose& world_from_head,
                                            glm::vec3 tint = glm::vec3(0.0F));
    [[nodiscard]] const ui::Look& look() const { return look_; }
    /// Of what was shown last.
    [[nodiscard]] const ui::PanelLayout& layout() const { return painter_->layout(); }
    [[nodiscard]] const Pose& world_from_panel() const { return world_from_panel_; }

  private:
    renderer::HeadlessRenderer& headless_;
    ui::Look look_;
    std::unique_ptr<ui::PanelPainter> painter_;
    std::optional<renderer::PanelCanvas> canvas_;
    Pose world_from_panel_;
};

} // namespace haven::testing
