#include "server/canvas/view.hpp"

#include "bilateral/ink_curve.hpp"
#include "bilateral/stroke.hpp"
#include "server/canvas/canvas.hpp"
#include "server/canvas/sheet_frame.hpp"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <format>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::canvas {

namespace {

constexpr std::size_t reach_max = 16;         ///< points that one curve may leave out
constexpr std::size_t points_max = 2'000'000; ///< in memory at once
constexpr float step_px_max = 4.0F * size_px; ///< more than there is between any two points
constexpr std::string_view tail = "</g>\n</svg>\n";
constexpr float width_step = 0.05F; ///< as on a canvas: another width is another path

/// How much is left out; doubled until the file is small enough.
struct Coarseness {
    float step_px = 0.5F; ///< points are no nearer to each other
    float off_px = 0.05F; ///< a curve passes those it leaves out at this distance
    float width = width_step;
};

struct SheetPoint {
    glm::vec2 at_px{0.0F};
    glm::vec2 arrives{0.0F}; ///< the directions of the ink, as they look from the front
    glm::vec2 leaves{0.0F};
    float width_px = 0.0F;
    float way_px = 0.0F; ///< from the stroke's beginning
};

struct Curve {
    std::array<glm::vec2, 4> at;
    [[nodiscard]] glm::vec2 point(float t) const {
        const float s = 1.0F - t;
        return (s * s * s * at[0]) + (3.0F * s * s * t * at[1]) + (3.0F * s * t * t * at[2]) +
               (t * t * t * at[3]);
    }
};

/// A third of the way between the two, in their directions: what goes towards the eye is short.
Curve curve_between(const SheetPoint& from, const SheetPoint& to) {
    const float third = (to.way_px - from.way_px) / 3.0F;
    return {{from.at_px, from.at_px + (from.leaves * third), to.at_px - (to.arrives * third),
             to.at_px}};
}

bool is_curve(std::span<const SheetPoint> points, float off_px) {
    const Curve curve = curve_between(points.front(), points.back());
    const float way = points.back().way_px - points.front().way_px;
    return std::ranges::all_of(points.subspan(1, points.size() - 2), [&](const SheetPoint& point) {
        const float t = way > 0.0F ? (point.way_px - points.front().way_px) / way : 0.0F;
        // A corner is never left out.
        return glm::dot(point.arrives, point.leaves) >
                   0.9F * glm::dot(point.leaves, point.leaves) &&
               glm::distance(curve.point(t), point.at_px) <= off_px;
    });
}

/// Of a stroke, from the front.
struct Line {
    const Stroke* stroke = nullptr;
    float depth_m = 0.0F;
    std::vector<SheetPoint> points;
};

Line line_of(const Stroke& stroke, const SheetFrame& frame, float step_px) {
    Line line{.stroke = &stroke};
    const auto seen = [&](const InkVertex& vertex) {
        const auto flat = [](const glm::vec3& v) { return glm::vec2{v.x, -v.y}; };
        return SheetPoint{.at_px = frame.pixel_of(vertex.position_m),
                          .arrives = flat(vertex.arrives),
                          .leaves = flat(vertex.leaves),
                          .width_px = width_on_sheet(vertex.radius_m, frame)};
    };
    float way_px = 0.0F;
    std::optional<glm::vec3> before_m;
    std::optional<SheetPoint> last;
    const auto keep = [&](std::span<const InkVertex> vertices) {
        for (const InkVertex& vertex : vertices) {
            way_px +=
                before_m ? glm::distance(*before_m, vertex.position_m) * frame.pixels_per_m : 0.0F;
            before_m = vertex.position_m;
            last = seen(vertex);
            last->way_px = way_px;
            if (line.points.size() <= points_max &&
                (line.points.empty() ||
                 glm::distance(last->at_px, line.points.back().at_px) >= step_px)) {
                line.points.push_back(*last);
            }
        }
    };
    InkCurve curve;
    curve.begin(stroke.brush);
    double depth_sum = 0.0;
    double count = 0.0;
    const StrokePoint* tip = nullptr;
    for (const StrokePoint& point : stroke.points) {
        if (is_drawable(point)) {
            depth_sum += static_cast<double>(point.position_m.z);
            ++count;
            tip = &point;
            keep(curve.add(point));
        }
    }
    if (tip == nullptr) {
        return line;
    }
    curve.move_tip(tip->position_m, tip->pressure);
    keep(curve.rest());
    if (line.points.size() > 1) {
        line.points.back() = *last;
    }
    line.depth_m = static_cast<float>(depth_sum / count);
    return line;
}

/// Hundredths of a pixel.
std::string number(float px) {
    std::string text = std::format("{:.2f}", static_cast<double>(px));
    while (text.ends_with('0')) {
        text.pop_back();
    }
    if (text.ends_with('.')) {
        text.pop_back();
    }
    return text == "-0" ? "0" : text;
}

std::string pair(const glm::vec2& at) {
    return number(at.x) + " " + number(at.y);
}

std::string colour_of(const Stroke& stroke) {
    const auto part = [&](float linear) {
        return static_cast<int>(std::lround(srgb(linear) * 255.0));
    };
    const glm::vec3 colour = stroke.brush.colour_linear;
    return std::format("#{:02x}{:02x}{:02x}", part(colour.x), part(colour.y), part(colour.z));
}

/// A dot is a path without length: its round ends are drawn.
void put_line(std::string& svg, const Line& line, const Coarseness& coarseness) {
    const std::vector<SheetPoint>& points = line.points;
    svg += std::format("<g stroke=\"{}\">", colour_of(*line.stroke));
    std::size_t from = 0;
    do {
        const float width = points[from].width_px;
        svg += std::format("<path stroke-width=\"{}\" d=\"M{}", number(width),
                           pair(points[from].at_px));
        if (points.size() == 1) {
            svg += "h0";
        }
        while (from + 1 < points.size()) {
            std::size_t to = from + 1;
            while (to + 1 < points.size() && to - from < reach_max &&
                   std::abs(points[to].width_px - width) <= width * coarseness.width &&
                   is_curve(std::span(points).subspan(from, to - from + 2), coarseness.off_px)) {
                ++to;
            }
            const Curve curve = curve_between(points[from], points[to]);
            svg +=
                std::format("C{} {} {}", pair(curve.at[1]), pair(curve.at[2]), pair(curve.at[3]));
            from = to;
            if (std::abs(points[from].width_px - width) > width * coarseness.width) {
                break;
            }
        }
        svg += "\"/>";
    } while (from + 1 < points.size());
    svg += "</g>\n";
}

struct Counts {
    std::size_t left = 0;
    std::size_t right = 0;
};

std::string head_of(const Counts& counts) {
    const auto strokes = [](std::size_t count) {
        return std::format("{} {}", count, count == 1 ? "stroke" : "strokes");
    };
    const auto hex = [](const glm::vec3& c) {
        return std::format("#{:02x}{:02x}{:02x}", std::lround(c.x * 255.0F),
                           std::lround(c.y * 255.0F), std::lround(c.z * 255.0F));
    };
    const float middle = size_px / 2.0F;
    return std::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" width=\"{0}\" "
        "height=\"{0}\" role=\"img\" aria-labelledby=\"title desc\">\n"
        "<title id=\"title\">A drawing made with both hands</title>\n"
        "<desc id=\"desc\">Seen from the front: {1} of the left hand, {2} of the right "
        "hand.</desc>\n"
        "<defs><radialGradient id=\"paper\" gradientUnits=\"userSpaceOnUse\" cx=\"{3}\" "
        "cy=\"{3}\" r=\"{4}\" fx=\"{3}\" fy=\"{5}\" fr=\"{6}\"><stop stop-color=\"{7}\"/>"
        "<stop offset=\"1\" stop-color=\"{8}\"/></radialGradient></defs>\n"
        "<rect width=\"{0}\" height=\"{0}\" fill=\"url(#paper)\"/>\n"
        "<g fill=\"none\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n",
        size_px, strokes(counts.left), strokes(counts.right), number(middle),
        number(middle * 1.45F), number(middle * 0.9F), number(middle * 0.3F), hex(paper_middle),
        hex(paper_edge));
}

/// All of it so coarse, or nothing: it would be too large.
std::optional<std::string> drawn(std::span<const Stroke> left, std::span<const Stroke> right,
                                 const Coarseness& coarseness) {
    const SheetFrame frame = frame_of(left, right).value_or(SheetFrame{});
    std::vector<Line> lines;
    std::size_t points = 0;
    const auto add = [&](std::span<const Stroke> strokes) {
        const std::size_t before = lines.size();
        for (const Stroke& stroke : strokes) {
            if (stroke.removed_ms || points > points_max) {
                continue;
            }
            Line line = line_of(stroke, frame, coarseness.step_px);
            points += line.points.size();
            if (!line.points.empty()) {
                lines.push_back(std::move(line));
            }
        }
        return lines.size() - before;
    };
    Counts counts;
    counts.left = add(left);
    counts.right = add(right);
    if (points > points_max) {
        return std::nullopt;
    }
    std::ranges::stable_sort(lines, {}, &Line::depth_m);
    std::string svg = head_of(counts);
    for (const Line& line : lines) {
        put_line(svg, line, coarseness);
        if (svg.size() > view_bytes_max - tail.size()) {
            return std::nullopt;
        }
    }
    return svg.append(tail);
}

} // namespace

std::string view_of(std::span<const Stroke> left, std::span<const Stroke> right) {
    Coarseness coarseness;
    std::optional<std::string> svg = drawn(left, right, coarseness);
    while (!svg && coarseness.step_px < step_px_max) {
        coarseness = {coarseness.step_px * 2.0F, coarseness.off_px * 2.0F, coarseness.width * 2.0F};
        svg = drawn(left, right, coarseness);
    }
    // As coarse as that, each stroke is one curve: as many as a drawing can have fit.
    return svg ? std::move(*svg) : head_of({}).append(tail);
}

} // namespace haven::canvas
