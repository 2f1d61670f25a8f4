// haven-card-outlines: writes the outlines that cards are trimmed to. Run it after what is painted
// on cards has changed.

#include "renderer/scene/card_pictures.hpp"
#include "renderer/scene/noise.hpp"
#include "renderer/scene/outline_fit.hpp"

#include <glm/common.hpp>
#include <glm/vec2.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <format>
#include <fstream>
#include <print>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using haven::scene::Corners;
using haven::scene::Mask;

constexpr int card_px = 256;
constexpr std::uint32_t picture_px = 4 * card_px;
constexpr std::size_t pictures = 16;
constexpr double specks_px = 60.0; // smaller ones are left out

/// How many corners there may be round a piece of so many texels.
std::size_t corners_for(std::size_t picture, double texels) {
    const double most = picture < 6 ? 30.0 : picture < 10 ? 24.0 : 18.0; // crowns, sprays, blades
    const double share = picture >= 10 && picture < 12 ? 0.0 : texels / 15'000.0;
    return static_cast<std::size_t>(std::max(5.0, most * std::min(share, 1.0)));
}

struct Painted {
    const std::vector<std::byte>& texels;
    std::size_t picture;
    [[nodiscard]] bool at(int x, int y, std::size_t channel) const {
        const std::size_t column = picture % 4 * card_px + static_cast<std::size_t>(x);
        const std::size_t row = picture / 4 * card_px + static_cast<std::size_t>(y);
        return static_cast<int>(texels.at((row * picture_px + column) * 4 + channel)) > 127;
    }
};

/// All that is seen near or far, and as much around it as smaller mips spread it.
Mask seen_of(const Painted& painted) {
    constexpr int around = 2;
    Mask mask(card_px);
    for (int y = 0; y < card_px; ++y) {
        for (int x = 0; x < card_px; ++x) {
            if (!painted.at(x, y, 0) && !painted.at(x, y, 2)) {
                continue;
            }
            for (int dy = -around; dy <= around; ++dy) {
                for (int dx = -around; dx <= around; ++dx) {
                    const bool near = std::abs(dx) + std::abs(dy) <= around + 1;
                    const int to_x = std::clamp(x + dx, 0, card_px - 1);
                    const int to_y = std::clamp(y + dy, 0, card_px - 1);
                    mask.covered[mask.index(to_x, to_y)] = near || mask.at(to_x, to_y);
                }
            }
        }
    }
    return mask;
}

using Rounded = std::vector<glm::ivec2>; ///< in 255ths of the card

/// No corner on a line, and no spike.
Rounded rounded(const Corners& corners) {
    Rounded all;
    for (const glm::dvec2 corner : corners) {
        all.emplace_back(glm::round(corner / double{card_px} * 255.0));
    }
    const auto bends = [&](std::size_t i) {
        const glm::ivec2 before = all[(i + all.size() - 1) % all.size()];
        const glm::ivec2 to = all[i] - before;
        const glm::ivec2 past = all[(i + 1) % all.size()] - before;
        return to.x * past.y != to.y * past.x;
    };
    for (std::size_t i = 0; i < all.size();) {
        if (bends(i)) {
            ++i;
        } else {
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
            i = 0;
        }
    }
    return all;
}

/// Does no edge touch another but the two beside it?
bool is_simple(const Rounded& polygon) {
    const auto side = [](glm::ivec2 a, glm::ivec2 b, glm::ivec2 p) {
        const int turn = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
        return (turn > 0) - (turn < 0);
    };
    const std::size_t size = polygon.size();
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t k = i + 2; k < size && (i > 0 || k + 1 < size); ++k) {
            const glm::ivec2 a = polygon[i];
            const glm::ivec2 b = polygon[i + 1];
            const glm::ivec2 c = polygon[k];
            const glm::ivec2 d = polygon[(k + 1) % size];
            if (side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0) {
                return false;
            }
        }
    }
    return size >= 3;
}

/// With a corner more where the search ended in a polygon that touches itself.
Rounded outline_round(const Mask& piece, std::size_t corners) {
    Rounded outline;
    for (std::size_t more = 0; more < 8 && !is_simple(outline); ++more) {
        outline = rounded(haven::scene::outline_of(piece, corners + more));
    }
    return outline;
}

double area_of(const Rounded& outline) { // in texels
    Corners corners;
    for (const glm::ivec2 corner : outline) {
        corners.push_back(glm::dvec2(corner) / 255.0 * double{card_px});
    }
    return haven::scene::area_of(corners);
}

class Table {
  public:
    void add(std::size_t picture, const Rounded& outline) {
        append(pieces_, std::format("{{{}, {}}}", picture, outline.size()));
        for (const glm::ivec2 corner : outline) {
            append(corners_, std::format("{{{}, {}}}", corner.x, corner.y));
        }
    }
    [[nodiscard]] std::string text() const {
        return std::format("// Made by haven-card-outlines.\n"
                           "constexpr auto pieces = std::to_array<Piece>({{\n{}}});\n"
                           "constexpr auto all_corners = std::to_array<Corner>({{\n{}}});\n",
                           pieces_, corners_);
    }

  private:
    static void append(std::string& list, const std::string& item) {
        constexpr std::size_t columns = 98;
        const std::size_t line = list.size() - (list.rfind('\n') + 1);
        if (list.empty()) {
            list = "    " + item;
        } else {
            list += (line + item.size() + 2 > columns ? ",\n    " : ", ") + item;
        }
    }
    std::string pieces_;
    std::string corners_;
};

bool write_outlines(const std::string& file) {
    const auto texels =
        haven::scene::card_levels(picture_px, haven::scene::noise_levels(512)).front();
    Table table;
    for (std::size_t picture = 0; picture < pictures; ++picture) {
        const Painted painted{.texels = texels, .picture = picture};
        double leaf = 0.0;
        for (int i = 0; i < card_px * card_px; ++i) {
            leaf += painted.at(i % card_px, i / card_px, 0) ? 1.0 : 0.0;
        }
        double area = 0.0;
        std::size_t triangles = 0;
        for (const Mask& piece : haven::scene::pieces_of(seen_of(painted))) {
            const auto covered = static_cast<double>(std::ranges::count(piece.covered, true));
            if (covered < specks_px) {
                continue;
            }
            const Rounded outline = outline_round(piece, corners_for(picture, covered));
            table.add(picture, outline);
            area += area_of(outline);
            triangles += outline.size() - 2;
        }
        std::println("{:2}: {:.0f} % of the card is leaf, {:.0f} % of its outline; {} triangles",
                     picture, 100.0 * leaf / (card_px * card_px), 100.0 * leaf / area, triangles);
    }
    std::ofstream out(file);
    out << table.text();
    return static_cast<bool>(out.flush());
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
        const bool helps = arguments.size() == 2 && std::string_view(arguments[1]) == "--help";
        if (arguments.size() != 2 || helps) {
            std::println(
                helps ? stdout : stderr,
                "usage: haven-card-outlines renderer/scene/card_outlines.inc\n\nWrites the "
                "outlines of what card_levels() paints; run it after that changes.");
            return helps ? 0 : 2;
        }
        if (!write_outlines(arguments[1])) {
            std::println(stderr, "haven-card-outlines: cannot write {}", arguments[1]);
            return 1;
        }
        return 0;
    } catch (const std::exception& trouble) { // no memory, or a terminal that went away
        std::fputs(trouble.what(), stderr);
        return 1;
    }
}
