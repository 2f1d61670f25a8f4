// When a drawing begins and ends, and what is said of it.
#include "xr_app/session_director.hpp"

#include "net/uploader/courier.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/performance.hpp"
#include "xr_app/session_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace haven {
namespace {

using std::chrono::seconds;
using Phase = SessionState::Phase;

struct Directed {
    explicit Directed(std::chrono::duration<double> limit = {})
        : drawing({},
                  [this](uploader::Event& event) {
                      events.push_back(std::move(event));
                      return true;
                  },
                  {}),
          performance{.started_at = start},
          director(drawing, performance,
                   {.limit = limit,
                    .ring = [this](audio::Bell bell, std::string_view) { bells.push_back(bell); },
                    .on_begin = [this] { ++begun; }}) {}

    bool begin_after(seconds wait) {
        return director.begin({.time_ns = 5'000'000, .tracked = true}, 5000, start + wait);
    }
    [[nodiscard]] bool metrics_sent() const {
        return std::ranges::any_of(events, [](const uploader::Event& event) {
            return std::holds_alternative<uploader::MetricsMeasured>(event);
        });
    }

    SessionDirector::Clock::time_point start{seconds{1000}};
    std::vector<uploader::Event> events;
    std::vector<audio::Bell> bells;
    int begun = 0;
    DrawingSession drawing;
    Performance performance;
    SessionDirector director;
};

TEST(SessionDirector, TheFirstSampleBeginsTheDrawingAndNoOther) {
    Directed session;
    EXPECT_EQ(session.director.state().phase, Phase::waiting);
    EXPECT_TRUE(session.begin_after(seconds{3}));
    EXPECT_FALSE(session.begin_after(seconds{4}));
    EXPECT_EQ(session.director.state().phase, Phase::drawing);
    EXPECT_EQ(session.bells, std::vector{audio::Bell::begin});
    EXPECT_EQ(session.begun, 1);
}

TEST(SessionDirector, ItsTimeCountsFromTheFirstSample) {
    Directed session(seconds{60});
    session.begin_after(seconds{30});
    session.director.update(session.start + seconds{89});
    EXPECT_FALSE(session.director.ended_at());
    session.director.update(session.start + seconds{90});
    EXPECT_EQ(session.director.ended_at(), session.start + seconds{90});
    EXPECT_EQ(session.director.state().phase, Phase::ended);
    EXPECT_TRUE(session.drawing.finished());
    EXPECT_TRUE(session.metrics_sent());
}

TEST(SessionDirector, WhereNobodyDrawsItEndsAMinuteAfterItsTime) {
    Directed session(seconds{60});
    session.director.update(session.start + seconds{119});
    EXPECT_FALSE(session.director.ended_at());
    session.director.update(session.start + seconds{120});
    EXPECT_TRUE(session.director.ended_at());
    EXPECT_FALSE(session.begin_after(seconds{121})) << "what has ended does not begin";
    EXPECT_TRUE(session.events.empty());
}

TEST(SessionDirector, WithoutATimeItNeverEndsByItself) {
    Directed session;
    session.begin_after(seconds{0});
    session.director.update(session.start + std::chrono::hours{24});
    EXPECT_FALSE(session.director.ended_at());
}

TEST(SessionDirector, TheFirstCommandEndsItAndLaterOnesChangeNothing) {
    Directed session;
    session.begin_after(seconds{0});
    session.director.finish({.by = Command::By::desk, .why = "first"}, session.start + seconds{5});
    const auto events = session.events.size();
    session.director.finish({.by = Command::By::person, .why = "again"},
                            session.start + seconds{9});
    EXPECT_EQ(session.director.ended_at(), session.start + seconds{5});
    EXPECT_EQ(session.events.size(), events);
    EXPECT_EQ(session.bells, (std::vector{audio::Bell::begin, audio::Bell::end}));
}

TEST(SessionDirector, OfTwoPlacesTheLastOneIsWished) {
    Directed session;
    EXPECT_FALSE(session.director.take_place_wish());
    session.director.change_place(2);
    session.director.change_place(4);
    EXPECT_EQ(session.director.take_place_wish(), std::optional<std::size_t>(4));
    EXPECT_FALSE(session.director.take_place_wish());
}

} // namespace
} // namespace haven
