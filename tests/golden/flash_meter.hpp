#pragma once

#include <glm/vec3.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace haven::testing {

/// What a watched picture did at its worst.
struct FlashReport {
    int flashes = 0;     ///< general ones, in the worst second of the worst cell
    int red_flashes = 0; ///< likewise
    double worst_s = 0.0;
    std::size_t worst_cell = 0;
    double darkest = 1.0; ///< relative luminance of the whole picture
    double brightest = 0.0;

    /// Of the whole picture's light: 0.1 is a tenth more at the brightest than at the darkest.
    [[nodiscard]] double swing() const { return darkest > 0.0 ? brightest / darkest - 1.0 : 0.0; }
};

/// Counts flashes as WCAG 2.2 (2.3.1) and ITU-R BT.1702 define them: pairs of opposing changes of
/// the relative luminance by a tenth of the maximum or more, the darker state under 0.80; and pairs
/// of opposing changes of saturated red. At most three in any second are allowed. A cell is a
/// quarter of a field of 10 degrees, the area from which on a flash counts, so each cell is judged
/// by itself.
class FlashMeter {
  public:
    explicit FlashMeter(std::size_t cell_count);

    /// The cells' mean colours, linear, 0..1, at a time after the last one's.
    void add(double time_s, std::span<const glm::vec3> cells);
    [[nodiscard]] const FlashReport& report() const { return report_; }

  private:
    /// Follows a value and notes when it turns by `step` or more.
    struct Follower {
        float low = 0.0F; // since the last turn
        float high = 0.0F;
        bool low_is_red = false;
        bool high_is_red = false;
        int way = 0; // of the last change: up 1, down -1, none yet 0
        bool begun = false;
        std::deque<double> changes_s;

        void add(double time_s, float value, bool red, float step, bool needs_red, float dark_max);
        [[nodiscard]] int flashes() const { return static_cast<int>(changes_s.size() / 2); }
    };
    struct Cell {
        Follower luminance;
        Follower red;
    };
    std::vector<Cell> cells_;
    FlashReport report_;
};

/// Means of the square cells, `cell_px` wide, of a picture of 8-bit sRGB with four bytes a pixel.
[[nodiscard]] std::vector<glm::vec3> cells_of(std::span<const std::uint8_t> rgba,
                                              std::uint32_t width, std::uint32_t height,
                                              std::uint32_t cell_px);

} // namespace haven::testing
