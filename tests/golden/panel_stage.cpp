#include "tests/golden/panel_stage.hpp"

#include "bilateral/pose.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/passes/panel_canvas.hpp"
#include "renderer/passes/picture.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_layout.hpp"
#include "ui/panel_painter.hpp"
#include "ui/panel_placement.hpp"

#include <glm/vec3.hpp>

#include <stdexcept>
#include <utility>

namespace haven::testing {
namespace {

template <typename Expected>
auto must(Expected made) {
    if (!made) {
        if constexpr (requires { made.error().what; }) {
            throw std::runtime_error(made.error().what);
        } else {
            throw std::runtime_error(made.error());
        }
    }
    return std::move(*made);
}

} // namespace

PanelStage::PanelStage(renderer::HeadlessRenderer& headless)
    : headless_(headless), look_(must(ui::Look::load(HAVEN_SOURCE_DIR "/assets"))),
      painter_(must(ui::PanelPainter::create(look_))),
      canvas_(must(renderer::PanelCanvas::create(
          headless.device(), painter_->glyph_sheet(),
          {.width = ui::PanelPainter::width_px, .height = ui::PanelPainter::height_px}))) {}

renderer::ShownPanel PanelStage::show(const ui::Panel& panel, const ui::PanelState& state,
                                      const Pose& world_from_head, glm::vec3 tint) {
    if (painter_->paint(panel, state, tint)) {
        auto frame = must(headless_.ring().begin());
        if (!must(canvas_->paint(frame, headless_.ring().deletions(), painter_->drawing())) ||
            !headless_.ring().submit(frame)) {
            throw std::runtime_error("the panel was not painted");
        }
    }
    const ui::PanelShape& shape = layout().shape;
    ui::Look::Panel hangs = look_.panel;
    hangs.distance_m = shape.distance_m;
    ui::PanelPlacement placement(hangs, look_.fade_s);
    world_from_panel_ = placement.update(true, world_from_head, 1.0).space_from_panel;
    return {.canvas = &*canvas_,
            .position_m = world_from_panel_.position_m,
            .orientation = world_from_panel_.orientation,
            .width_m = shape.width_m,
            .height_m = shape.height_m,
            .radius_m = shape.radius_m};
}

} // namespace haven::testing
