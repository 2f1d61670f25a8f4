#include "server/canvas/canvas.hpp"

#include "bilateral/ink_curve.hpp"
#include "bilateral/stroke.hpp"
#include "server/canvas/png.hpp"
#include "server/canvas/sheet_frame.hpp"

#include <cairo.h>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven::canvas {

namespace {

struct SurfaceDeleter {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct ContextDeleter {
    void operator()(cairo_t* context) const { cairo_destroy(context); }
};
struct PatternDeleter {
    void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};
using Surface = std::unique_ptr<cairo_surface_t, SurfaceDeleter>;
using Context = std::unique_ptr<cairo_t, ContextDeleter>;
using Pattern = std::unique_ptr<cairo_pattern_t, PatternDeleter>;

std::size_t bytes_of(const Surface& surface) {
    return static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get())) * size_px;
}

constexpr float step_px_min = 1.0F; ///< nearer to the last one kept a point adds nothing to see
constexpr float width_step =
    0.05F; ///< of the width: how much it changes before another line begins
// cairo's stroker takes the square of a path that crosses itself: long trails are stroked in
// pieces, which their round caps join.
constexpr std::size_t path_points_max = 64;
constexpr float path_px_max = 1'024.0F;
// Cairo's work for a sheet, about a second: what is more than a sheet can show is thinned until it
// fits.
constexpr std::size_t drawn_points_max = 120'000;
constexpr double drawn_px_max = 3'000'000.0;

/// A stroke as it will lie on the sheet.
struct Trail {
    struct Point {
        glm::vec2 at_px;
        float width_px;
    };
    const Stroke* stroke = nullptr;
    float depth_m = 0.0F; ///< mean z: the person looks along -z, so the least is the farthest
    std::vector<Point> points;
};

struct Thinning {
    float step_px = step_px_min; ///< no nearer to the last point kept
    std::size_t stride = 1;      ///< one point in so many is looked at
};

/// The curve of the ink on the sheet, thinned. Its end stays.
Trail trail_of(const Stroke& stroke, const SheetFrame& frame, const Thinning& thinning) {
    Trail trail{.stroke = &stroke};
    const auto on_sheet = [&](const InkVertex& vertex) {
        return Trail::Point{frame.pixel_of(vertex.position_m),
                            width_on_sheet(vertex.radius_m, frame)};
    };
    const auto keep = [&](std::span<const InkVertex> vertices) {
        for (const InkVertex& vertex : vertices) {
            const Trail::Point next = on_sheet(vertex);
            if (trail.points.empty() ||
                glm::distance(next.at_px, trail.points.back().at_px) >= thinning.step_px) {
                trail.points.push_back(next);
            }
        }
    };
    InkCurve curve;
    curve.begin(stroke.brush);
    double depth_sum = 0.0;
    std::size_t count = 0;
    const StrokePoint* last = nullptr;
    for (const StrokePoint& point : stroke.points) {
        if (!is_drawable(point)) {
            continue;
        }
        depth_sum += static_cast<double>(point.position_m.z);
        last = &point;
        if (count++ % thinning.stride == 0) {
            keep(curve.add(point));
        }
    }
    if (last == nullptr) {
        return trail;
    }
    curve.move_tip(last->position_m, last->pressure);
    const auto rest = curve.rest();
    keep(rest);
    if (trail.points.size() > 1) {
        trail.points.back() = on_sheet(rest.back());
    }
    trail.depth_m = static_cast<float>(depth_sum / static_cast<double>(count));
    return trail;
}

void draw_dot(cairo_t* context, const Trail::Point& point) {
    constexpr double full_turn = 6.283185307179586;
    cairo_arc(context, static_cast<double>(point.at_px.x), static_cast<double>(point.at_px.y),
              static_cast<double>(point.width_px) / 2.0, 0.0, full_turn);
    cairo_fill(context);
}

/// The end of the piece that begins at `first`: of even width, not too long, at least one line.
std::size_t piece_end(const Trail& trail, std::size_t first) {
    const float width = trail.points[first].width_px;
    float length_px = 0.0F;
    std::size_t last = first + 1;
    for (; last + 1 < trail.points.size() && last - first < path_points_max; ++last) {
        length_px += glm::distance(trail.points[last - 1].at_px, trail.points[last].at_px);
        if (length_px > path_px_max ||
            std::abs(trail.points[last].width_px - width) > width * width_step) {
            break;
        }
    }
    return last;
}

void draw_trail(cairo_t* context, const Trail& trail) {
    const glm::vec3 colour = trail.stroke->brush.colour_linear;
    cairo_set_source_rgb(context, srgb(colour.x), srgb(colour.y), srgb(colour.z));
    if (trail.points.size() == 1) {
        draw_dot(context, trail.points.front());
        return;
    }
    std::size_t first = 0;
    while (first + 1 < trail.points.size()) {
        const std::size_t last = piece_end(trail, first);
        cairo_new_path(context);
        for (std::size_t i = first; i <= last; ++i) {
            cairo_line_to(context, static_cast<double>(trail.points[i].at_px.x),
                          static_cast<double>(trail.points[i].at_px.y));
        }
        cairo_set_line_width(context, static_cast<double>(trail.points[first].width_px));
        cairo_stroke(context);
        first = last;
    }
}

void draw_paper(cairo_t* context) {
    const double middle = size_px / 2.0;
    const Pattern light(cairo_pattern_create_radial(middle, middle * 0.9, middle * 0.3, middle,
                                                    middle, middle * 1.45));
    const auto stop = [&](double offset, const glm::vec3& c) {
        cairo_pattern_add_color_stop_rgb(light.get(), offset, static_cast<double>(c.x),
                                         static_cast<double>(c.y), static_cast<double>(c.z));
    };
    stop(0.0, paper_middle);
    stop(1.0, paper_edge);
    cairo_set_source(context, light.get());
    cairo_paint(context);
}

/// A surface that is paper already. The light costs as much as all the ink, so it is made once.
Surface new_paper() {
    Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, size_px, size_px));
    static const std::vector<unsigned char> blank = [&] {
        draw_paper(Context(cairo_create(surface.get())).get());
        cairo_surface_flush(surface.get());
        const unsigned char* const pixels = cairo_image_surface_get_data(surface.get());
        return pixels == nullptr ? std::vector<unsigned char>{}
                                 : std::vector(pixels, pixels + bytes_of(surface));
    }();
    if (unsigned char* const pixels = cairo_image_surface_get_data(surface.get());
        pixels != nullptr && blank.size() == bytes_of(surface)) {
        std::ranges::copy(blank, pixels);
        cairo_surface_mark_dirty(surface.get());
    }
    return surface;
}

double length_px(const Trail& trail) {
    double length = 0.0;
    for (std::size_t i = 1; i < trail.points.size(); ++i) {
        length +=
            static_cast<double>(glm::distance(trail.points[i - 1].at_px, trail.points[i].at_px));
    }
    return length;
}

/// The strokes of one sheet, farthest first.
std::vector<Trail> trails_of(std::span<const std::span<const Stroke>> hands,
                             const SheetFrame& frame) {
    std::vector<Trail> trails;
    for (Thinning thinning; thinning.stride <= (1U << 20U);
         thinning = {thinning.step_px * 2.0F, thinning.stride * 2}) {
        trails.clear();
        std::size_t points = 0;
        double length = 0.0;
        for (const auto& strokes : hands) {
            for (const Stroke& stroke : strokes) {
                if (stroke.removed_ms) {
                    continue;
                }
                trails.push_back(trail_of(stroke, frame, thinning));
                points += trails.back().points.size();
                length += length_px(trails.back());
            }
        }
        if (points <= drawn_points_max && length <= drawn_px_max) {
            break;
        }
    }
    std::ranges::stable_sort(trails, {}, &Trail::depth_m);
    return trails;
}

} // namespace

std::expected<Canvas, std::string> render(std::span<const Stroke> left,
                                          std::span<const Stroke> right, Sheet sheet) {
    const Surface surface = new_paper();
    const Context context(cairo_create(surface.get()));
    cairo_set_line_cap(context.get(), CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(context.get(), CAIRO_LINE_JOIN_ROUND);
    cairo_set_tolerance(context.get(), 0.2);
    cairo_set_antialias(context.get(), CAIRO_ANTIALIAS_FAST); // seen no worse, in half the time

    std::vector<std::span<const Stroke>> hands;
    if (sheet != Sheet::right) {
        hands.push_back(left);
    }
    if (sheet != Sheet::left) {
        hands.push_back(right);
    }
    Canvas canvas;
    for (const Trail& trail : trails_of(hands, frame_of(left, right).value_or(SheetFrame{}))) {
        if (trail.points.empty()) {
            ++canvas.strokes_skipped;
            continue;
        }
        draw_trail(context.get(), trail);
        ++canvas.strokes_drawn;
    }
    cairo_surface_flush(surface.get());
    if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS) {
        return std::unexpected(std::string("drawing a canvas: ") +
                               cairo_status_to_string(cairo_status(context.get())));
    }
    auto png = encode_png(cairo_image_surface_get_data(surface.get()), size_px, size_px,
                          cairo_image_surface_get_stride(surface.get()));
    if (!png) {
        return std::unexpected(std::move(png.error()));
    }
    canvas.png = std::move(*png);
    return canvas;
}

} // namespace haven::canvas
