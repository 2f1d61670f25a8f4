/// SPD-3: what a sample costs the frame thread, recorder and shown ink together, as the drawing
/// grows to a million points.

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_history.hpp"
#include "bilateral/shown_ink.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "tests/bench/bilateral/bench_undo.hpp"
#include "tests/bench/bilateral/figure.hpp"
#include "tests/unit/bilateral/scripted_motion.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven {
namespace {

struct Measured {
    std::size_t points_before = 0;
    double microseconds = 0.0;
};

double share(std::vector<double>& values, double at) {
    const auto place = static_cast<std::ptrdiff_t>(at * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, values.begin() + place);
    return values[static_cast<std::size_t>(place)];
}

std::vector<double> between(std::span<const Measured> all, std::size_t from, std::size_t to) {
    std::vector<double> values;
    for (const Measured& one : all) {
        if (one.points_before >= from && one.points_before < to) {
            values.push_back(one.microseconds);
        }
    }
    return values;
}

/// The least-squares line of the medians of 100 equal parts of the drawing: ns a sample for each
/// million points.
double slope_ns_per_million(std::span<const Measured> all, std::size_t points) {
    double sum_x = 0.0;
    double sum_y = 0.0;
    double sum_xx = 0.0;
    double sum_xy = 0.0;
    constexpr std::size_t parts = 100;
    for (std::size_t part = 0; part < parts; ++part) {
        auto values = between(all, points / parts * part, points / parts * (part + 1));
        const double x = (static_cast<double>(part) + 0.5) / parts;
        const double y = share(values, 0.5) * 1e3;
        sum_x += x;
        sum_y += y;
        sum_xx += x * x;
        sum_xy += x * y;
    }
    return (parts * sum_xy - sum_x * sum_y) / (parts * sum_xx - sum_x * sum_x);
}

/// A drawing of both hands up to a million points, each sample timed; the finished strokes stay in
/// memory, as the client's do not.
std::vector<Measured> draw(std::size_t points) {
    const testing::ScriptedMotion motion{.tremor_m = 0.0005, .strokes_per_second = 0.25};
    RecordingStart begin = testing::recording_start();
    begin.thinned_um = 100;
    begin.bridged_ms = 150;
    StrokeRecorder recorder{begin};
    InkHistory history;
    ShownInk ink;
    std::vector<Stroke> strokes;
    strokes.reserve(10'000);
    std::vector<Measured> measured;
    measured.reserve(points * 2);
    std::size_t drawn = 0;
    for (std::int64_t frame = 0; drawn < points; ++frame) {
        for (const Hand hand : {Hand::left, Hand::right}) {
            const HandSample sample = motion.sample(hand, frame);
            const auto start = std::chrono::steady_clock::now();
            const auto events = recorder.add(sample);
            history.add(events);
            ink.update(sample, events);
            const RingUpdate update = ink.take(ShownInk::stream_index(hand, false));
            const auto stop = std::chrono::steady_clock::now();
            const bool added = !update.tail.empty();
            if (added) {
                measured.push_back(
                    {.points_before = drawn,
                     .microseconds =
                         std::chrono::duration<double, std::micro>(stop - start).count()});
                ++drawn;
            }
            for (InkEvent& event : events) {
                if (event.kind == InkEventKind::stroke_ended) {
                    strokes.push_back(std::move(event.finished));
                }
            }
        }
    }
    return measured;
}

} // namespace
} // namespace haven

int main() {
    constexpr std::size_t points = 1'000'000;
    const auto measured = haven::draw(points);
    auto all = haven::between(measured, 0, points);
    auto first = haven::between(measured, 0, points / 10);
    auto last = haven::between(measured, points / 10 * 9, points);
    using haven::bench::print_figure;
    haven::bench::print_head();
    print_figure("SPD-3", "a sample, drawing of 0 to 1 000 000 points, p50", "-",
                 haven::share(all, 0.5), "us");
    print_figure("SPD-3", "a sample in the last 100 000 of 1 000 000 points, p50", "-",
                 haven::share(last, 0.5), "us");
    const double p99 = haven::share(last, 0.99);
    print_figure("SPD-3", "a sample in the last 100 000 of 1 000 000 points, p99", "<= 2 us", p99,
                 "us");
    print_figure("SPD-3", "a sample in the first 100 000 points, p99", "-",
                 haven::share(first, 0.99), "us");
    print_figure("SPD-3", "growth of the median for each 1 000 000 points", "0",
                 haven::slope_ns_per_million(measured, points), "ns");
    auto alone = haven::bench::undo_us(1);
    auto last_of_all = haven::bench::undo_us(15); // 983 040 points
    print_figure("UNDO", "the undo of a stroke of 65 536 points, alone, p99", "-",
                 haven::share(alone, 0.99), "us");
    print_figure("UNDO", "the undo of one in a drawing of 983 040 points, p99", "<= 1000 us",
                 haven::share(last_of_all, 0.99), "us");
    print_figure("UNDO", "growth of its median from one to the other", "0",
                 haven::share(last_of_all, 0.5) - haven::share(alone, 0.5), "us");
    return 0;
}
