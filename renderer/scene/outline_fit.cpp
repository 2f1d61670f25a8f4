#include "renderer/scene/outline_fit.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

using Point = glm::dvec2;

double cross(Point a, Point b) {
    return a.x * b.y - a.y * b.x;
}
/// Twice the area of the triangle; over 0: to the left.
double turn(Point a, Point b, Point c) {
    return cross(b - a, c - a);
}

bool in_triangle(Point a, Point b, Point c, Point p) {
    constexpr double edge = 1e-6;
    const double way = turn(a, b, c) > 0.0 ? 1.0 : -1.0;
    return std::abs(turn(a, b, c)) > 1e-9 && way * turn(a, b, p) > edge &&
           way * turn(b, c, p) > edge && way * turn(c, a, p) > edge;
}

bool meet(Point a, Point b, Point c, Point d) {
    const auto apart = [](double p, double q) {
        return (p > 1e-9 && q < -1e-9) || (p < -1e-9 && q > 1e-9);
    };
    return apart(turn(a, b, c), turn(a, b, d)) && apart(turn(c, d, a), turn(c, d, b));
}

/// Along the edges of its texels.
Corners contour_of(const Mask& piece) {
    using Place = std::pair<int, int>;
    std::multimap<Place, Place> edges; // what is covered lies to the left
    for (int y = 0; y < piece.size; ++y) {
        for (int x = 0; x < piece.size; ++x) {
            if (!piece.at(x, y)) {
                continue;
            }
            const auto edge = [&](bool bare, Place from, Place to) {
                if (bare) {
                    edges.emplace(from, to);
                }
            };
            edge(!piece.at(x, y - 1), {x, y}, {x + 1, y});
            edge(!piece.at(x + 1, y), {x + 1, y}, {x + 1, y + 1});
            edge(!piece.at(x, y + 1), {x + 1, y + 1}, {x, y + 1});
            edge(!piece.at(x - 1, y), {x, y + 1}, {x, y});
        }
    }
    Corners contour;
    const Place first = edges.begin()->first;
    Place from = first;
    Place at = first;
    do {
        contour.emplace_back(at.first, at.second);
        const Point way{at.first - from.first, at.second - from.second};
        auto [next, end] = edges.equal_range(at);
        for (auto other = next; other != end; ++other) { // where two texels touch: stay with one
            const auto leads = [&](auto edge) {
                return cross(way, {edge->second.first - at.first, edge->second.second - at.second});
            };
            next = leads(other) > leads(next) ? other : next;
        }
        from = std::exchange(at, next->second);
        edges.erase(next);
    } while (at != first);
    return contour;
}

/// Douglas and Peucker 1973: the corners between two that lie off the line, kept.
void keep_bends(const Corners& all, std::size_t first, std::size_t last, double within,
                Corners& kept) {
    const Point from = all[first];
    const Point to = all[last % all.size()];
    double most = within;
    std::size_t bend = first;
    for (std::size_t i = first + 1; i < last; ++i) {
        const double off = from == to ? glm::distance(from, all[i])
                                      : std::abs(turn(from, to, all[i])) / glm::distance(from, to);
        if (off > most) {
            most = off;
            bend = i;
        }
    }
    if (bend == first) {
        kept.push_back(from);
        return;
    }
    keep_bends(all, first, bend, within, kept);
    keep_bends(all, bend, last, within, kept);
}

class Fitter {
  public:
    Fitter(const Mask& piece, Corners corners) : piece_(piece), at_(std::move(corners)) {}

    /// Takes away a corner, or an edge, where that adds least; false where nothing can go.
    bool take_one() {
        std::optional<Corners> best;
        double least = 1e30;
        const auto offer = [&](std::size_t i, std::optional<Point> instead, double added) {
            if (added < least && adds_freely(i, instead)) {
                least = added;
                best = at_;
                if (instead) {
                    (*best)[i] = *instead;
                    best->erase(best->begin() + static_cast<std::ptrdiff_t>(next(i)));
                } else {
                    best->erase(best->begin() + static_cast<std::ptrdiff_t>(i));
                }
            }
        };
        for (std::size_t i = 0; i < at_.size(); ++i) {
            const double bent = turn(at_[before(i)], at_[i], at_[next(i)]);
            if (bent <= 1e-9) {
                offer(i, std::nullopt, -bent / 2.0);
            } else if (const auto tip = where_sides_meet(i)) {
                offer(i, tip, -turn(at_[i], at_[next(i)], *tip) / 2.0);
            }
        }
        if (at_.size() <= 3 || !best) {
            return false;
        }
        at_ = std::move(*best);
        return true;
    }

    /// Moves corners inward, in ever smaller steps.
    void shrink() {
        for (const double step : {24.0, 12.0, 6.0, 3.0, 1.5, 0.75}) {
            for (int round = 0; round < 6; ++round) {
                bool moved = false;
                for (std::size_t i = 0; i < at_.size(); ++i) {
                    moved = move_inward(i, step) || moved;
                }
                if (!moved) {
                    break;
                }
            }
        }
    }

    [[nodiscard]] const Corners& corners() const { return at_; }

  private:
    [[nodiscard]] std::size_t next(std::size_t i) const { return (i + 1) % at_.size(); }
    [[nodiscard]] std::size_t before(std::size_t i) const {
        return (i + at_.size() - 1) % at_.size();
    }

    /// Beyond the edge from i to the next, the lines of the edges beside it.
    [[nodiscard]] std::optional<Point> where_sides_meet(std::size_t i) const {
        const std::size_t j = next(i);
        const Point ahead = at_[i] - at_[before(i)];
        const Point back = at_[j] - at_[next(j)];
        const double slant = cross(ahead, back);
        if (turn(at_[i], at_[j], at_[next(j)]) <= 1e-9 || std::abs(slant) < 1e-9) {
            return std::nullopt;
        }
        const double along = cross(at_[j] - at_[i], back) / slant;
        const Point tip = at_[i] + ahead * along;
        const bool beyond = along > 0.0 && turn(at_[i], at_[j], tip) < 0.0 &&
                            glm::dot(tip - at_[j], back) > 0.0 && in_square(tip);
        return beyond ? std::optional(tip) : std::nullopt;
    }
    [[nodiscard]] bool in_square(Point p) const {
        return std::min(p.x, p.y) >= 0.0 && std::max(p.x, p.y) <= piece_.size;
    }
    [[nodiscard]] bool crosses_edges(Point a, Point b) const {
        for (std::size_t k = 0; k < at_.size(); ++k) {
            if (meet(a, b, at_[k], at_[next(k)])) {
                return true;
            }
        }
        return false;
    }
    /// Is there nothing of the polygon in the triangle that would be added?
    [[nodiscard]] bool adds_freely(std::size_t i, std::optional<Point> instead) const {
        const Point a = instead ? at_[i] : at_[before(i)];
        const Point tip = instead ? *instead : at_[i];
        const Point c = at_[next(i)];
        for (const Point corner : at_) {
            if (in_triangle(a, tip, c, corner)) {
                return false;
            }
        }
        return instead ? !crosses_edges(a, tip) && !crosses_edges(tip, c) : !crosses_edges(a, c);
    }

    bool move_inward(std::size_t i, double step) {
        constexpr int ways = 16;
        const Point a = at_[before(i)];
        const Point c = at_[next(i)];
        const Point from = at_[i];
        double least = turn(a, from, c) - 0.02;
        for (int k = 0; k < ways; ++k) {
            const double angle = 2.0 * std::numbers::pi * k / ways;
            const Point to = glm::clamp(from + step * Point(std::cos(angle), std::sin(angle)),
                                        Point(0.0), Point(piece_.size));
            if (turn(a, to, c) < least && may_move(i, from, to)) {
                least = turn(a, to, c);
                at_[i] = to;
            }
        }
        return at_[i] != from;
    }
    /// Do all texels stay inside, and all other edges where they are?
    [[nodiscard]] bool may_move(std::size_t i, Point from, Point to) const {
        const Point a = at_[before(i)];
        const Point c = at_[next(i)];
        const auto passed = [&](Point p) {
            return in_triangle(a, from, to, p) != in_triangle(from, c, to, p);
        };
        for (std::size_t k = 0; k < at_.size(); ++k) {
            if (k == i || next(k) == i) {
                continue;
            }
            const bool own = k == next(i) || k == before(i);
            if (meet(a, to, at_[k], at_[next(k)]) || meet(to, c, at_[k], at_[next(k)]) ||
                (!own && passed(at_[k]))) {
                return false;
            }
        }
        const Point low = glm::floor(glm::min(glm::min(a, c), glm::min(from, to)));
        const Point high = glm::ceil(glm::max(glm::max(a, c), glm::max(from, to)));
        for (int y = static_cast<int>(low.y); y < static_cast<int>(high.y); ++y) {
            for (int x = static_cast<int>(low.x); x < static_cast<int>(high.x); ++x) {
                if (piece_.at(x, y) && passed({x + 0.5, y + 0.5})) {
                    return false;
                }
            }
        }
        return true;
    }

    const Mask& piece_;
    Corners at_;
};

} // namespace

double area_of(const Corners& polygon) {
    double sum = 0.0;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        sum += cross(polygon[i], polygon[(i + 1) % polygon.size()]);
    }
    return sum / 2.0;
}

std::vector<Mask> pieces_of(const Mask& mask) {
    // Everything from `x`, `y` on that is `covered` or not, marked in `found`.
    const auto spread = [](const Mask& in, bool covered, int first_x, int first_y, Mask& found) {
        std::vector<std::pair<int, int>> open{{first_x, first_y}};
        while (!open.empty()) {
            const auto [x, y] = open.back();
            open.pop_back();
            if (x < 0 || y < 0 || x >= in.size || y >= in.size || in.at(x, y) != covered ||
                found.at(x, y)) {
                continue;
            }
            found.covered[found.index(x, y)] = true;
            open.insert(open.end(), {{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}});
        }
    };
    std::vector<Mask> pieces;
    Mask seen(mask.size);
    for (int y = 0; y < mask.size; ++y) {
        for (int x = 0; x < mask.size; ++x) {
            if (!mask.at(x, y) || seen.at(x, y)) {
                continue;
            }
            Mask piece(mask.size);
            spread(mask, true, x, y, piece);
            spread(mask, true, x, y, seen);
            Mask around(mask.size);
            for (int i = 0; i < mask.size; ++i) {
                spread(piece, false, i, 0, around);
                spread(piece, false, i, mask.size - 1, around);
                spread(piece, false, 0, i, around);
                spread(piece, false, mask.size - 1, i, around);
            }
            around.covered.flip();
            pieces.push_back(std::move(around));
        }
    }
    return pieces;
}

Corners outline_of(const Mask& piece, std::size_t corners) {
    constexpr double within = 1.3;      // texels: steps become slopes
    constexpr std::size_t too_many = 8; // that go one by one, with the others moving each time
    const Corners contour = contour_of(piece);
    const auto far = std::ranges::max_element(
        contour, {}, [&](Point p) { return glm::distance(p, contour.front()); });
    const auto middle = static_cast<std::size_t>(far - contour.begin());
    Corners bends;
    keep_bends(contour, 0, middle, within, bends);
    keep_bends(contour, middle, contour.size(), within, bends);
    Fitter fitter(piece, std::move(bends));
    while (fitter.corners().size() > corners + too_many && fitter.take_one()) {
    }
    fitter.shrink();
    while (fitter.corners().size() > corners && fitter.take_one()) {
        fitter.shrink();
    }
    return fitter.corners();
}

} // namespace haven::scene
