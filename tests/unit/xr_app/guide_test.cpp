// A guided session as the client plays it: what it lets be drawn, what it keeps, what it shows.
#include "xr_app/guide.hpp"

#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "net/api/records.hpp"
#include "net/uploader/courier.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/input/desktop_driver.hpp"
#include "xr_app/options.hpp"
#include "xr_app/panel_wish.hpp"
#include "xr_app/performance.hpp"
#include "xr_app/session_director.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace haven {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr Command person{.by = Command::By::person, .why = "a test"};

exercise::Script script(GuideChoice choice) {
    return read_guide(HAVEN_SOURCE_DIR "/assets", choice).value().value();
}

/// Somebody who is led, and whose events are kept.
struct Led {
    explicit Led(GuideChoice choice = GuideChoice::short_one, bool desk_is_person = false)
        : drawing({},
                  [this](uploader::Event& event) {
                      events.push_back(std::move(event));
                      return true;
                  },
                  {}),
          guide(script(choice), drawing,
                {.ring = [this](audio::Bell bell, std::string_view) { bells.push_back(bell); },
                 .desk_is_person = desk_is_person},
                now_ns),
          director(drawing, performance, {.guide = &guide}) {
        wait(1);
    }

    /// As frames do: samples of both hands, pressed or not.
    void wait(int seconds, bool pressed = false, bool left_there = true) {
        for (int i = 0; i < seconds * 10; ++i) {
            now_ns += second_ns / 10;
            guide.tick(focused, now_ns);
            for (const Hand hand : {Hand::left, Hand::right}) {
                draw(hand, pressed, hand == Hand::right || left_there);
            }
            director.update(time());
        }
    }
    void draw(Hand hand, bool pressed, bool tracked) {
        HandSample sample{.time_ns = now_ns,
                          .hand = hand,
                          .tracked = tracked,
                          .drawing = pressed && tracked && guide.ink(),
                          .pressure = 0.5F};
        sample.tracking_from_tip.position_m = {
            hand == Hand::left ? -0.3F : 0.3F,
            1.0F + 0.01F * static_cast<float>((now_ns / (second_ns / 10)) % 50), -0.4F};
        guide.see(sample);
        director.begin(sample, 5000, time());
        if (guide.records()) {
            drawing.add(sample);
        }
    }
    bool choose(std::string id) {
        return guide.choose({.id = std::move(id), .number = {}}, now_ns);
    }
    bool rate(std::uint8_t number) {
        return guide.choose({.id = "number", .number = number}, now_ns);
    }
    [[nodiscard]] std::string panel() const { return guide.panel() ? guide.panel()->name : ""; }
    [[nodiscard]] SessionDirector::Clock::time_point time() const {
        return SessionDirector::Clock::time_point(std::chrono::nanoseconds(now_ns));
    }
    template <typename T>
    [[nodiscard]] std::vector<const T*> all() const {
        std::vector<const T*> found;
        for (const uploader::Event& event : events) {
            if (const T* const one = std::get_if<T>(&event)) {
                found.push_back(one);
            }
        }
        return found;
    }
    /// The actions that were kept, with what is particular to them.
    [[nodiscard]] std::vector<std::string> told() const {
        std::vector<std::string> told;
        for (const auto* event : all<uploader::EventTold>()) {
            told.push_back(*event->event.event_data_json);
        }
        return told;
    }
    [[nodiscard]] std::optional<std::string> ended() const {
        const auto ends = all<uploader::DrawingFinished>();
        return ends.empty() ? std::nullopt : std::optional(ends.front()->end.exercise.status);
    }

    std::int64_t now_ns = 5'000 * second_ns;
    bool focused = true;
    std::vector<uploader::Event> events;
    std::vector<audio::Bell> bells;
    DrawingSession drawing;
    Guide guide;
    Performance performance;
    SessionDirector director;
};

TEST(Guide, TheShortExerciseIsPlayedWholeByChoicesAlone) {
    Led led;
    EXPECT_EQ(led.panel(), "consent");
    led.wait(3, true);
    EXPECT_FALSE(led.drawing.opened()) << "nothing is kept before the yes";
    EXPECT_TRUE(led.choose("with_motion"));
    EXPECT_EQ(led.panel(), "rating_before");
    led.wait(3, true);
    EXPECT_FALSE(led.drawing.begun()) << "the drawing has its own beginning";
    EXPECT_TRUE(led.rate(6));
    EXPECT_EQ(led.panel(), "free_scribble");
    EXPECT_TRUE(led.choose("begin"));
    EXPECT_EQ(led.panel(), "") << "it was read";
    EXPECT_TRUE(led.guide.ink());
    led.wait(44, true);
    EXPECT_EQ(led.guide.targets().size(), 0U);
    led.wait(1, false);
    EXPECT_EQ(led.panel(), "mirror_drawing") << "the time of the first was over";
    EXPECT_EQ(led.guide.targets().size(), 2U);
    led.wait(12, true);
    led.wait(1, false);
    EXPECT_TRUE(led.choose("begin"));
    EXPECT_TRUE(led.guide.press(GuideKey::go_on, led.now_ns));
    EXPECT_EQ(led.panel(), "look_and_title");
    led.wait(2, true);
    EXPECT_TRUE(led.choose("go_on"));
    EXPECT_EQ(led.panel(), "closing");
    EXPECT_TRUE(led.choose("done"));
    EXPECT_EQ(led.panel(), "rating_after");
    EXPECT_TRUE(led.rate(3));
    EXPECT_TRUE(led.guide.over());
    EXPECT_EQ(led.panel(), "");
    led.wait(1);
    EXPECT_TRUE(led.director.ended_at());
    EXPECT_EQ(led.ended(), "completed");
    EXPECT_EQ(led.all<uploader::StrokeFinished>().size(), 4U) << "two of each hand";
    EXPECT_EQ(led.bells, (std::vector{audio::Bell::begin, audio::Bell::change, audio::Bell::end}));
    std::vector<std::string> said;
    for (const std::string& event : led.told()) {
        if (event.contains(R"("how":"begun")") || event.contains("rating\":") ||
            event.contains("_begin\"") || event.contains("_end\"")) {
            said.push_back(event.substr(event.find(R"("script")")));
        }
    }
    const std::string of = R"("script":"bilateral_drawing_short",)";
    EXPECT_THAT(said, ElementsAre(of + R"("motion":true,"spoken":false})",
                                  of + R"("how":"begun","phase":"rating_before"})",
                                  of + R"("phase":"rating_before","rating":6})",
                                  of + R"("how":"begun","phase":"free_scribble"})",
                                  of + R"("how":"begun","phase":"mirror_drawing"})",
                                  of + R"("how":"begun","phase":"look_and_title"})",
                                  of + R"("how":"begun","phase":"closing"})",
                                  of + R"("how":"begun","phase":"rating_after"})",
                                  of + R"("phase":"rating_after","rating":3})",
                                  of + R"("status":"completed"})"));
}

TEST(Guide, TheExerciseIsKeptWithWhatLedIt) {
    Led led;
    led.choose("drawing_only");
    const auto begun = led.all<uploader::DrawingBegun>();
    ASSERT_EQ(begun.size(), 1U);
    const api::Exercise& exercise = begun.front()->begin.exercise;
    EXPECT_EQ(exercise.technique, "bilateral_drawing");
    EXPECT_EQ(exercise.opening_prompt, "free_scribble");
    EXPECT_EQ(exercise.guideposts_json, R"(["free_scribble","mirror_drawing"])");
    EXPECT_EQ(exercise.grounding_close, "closing");
    EXPECT_THAT(exercise.technique_config_json.value_or(""),
                HasSubstr(R"("script":"bilateral_drawing_short")"));
    EXPECT_FALSE(begun.front()->begin.recorded);
    led.rate(5);
    led.wait(5, true);
    led.director.finish({.why = "a test"}, led.time());
    EXPECT_THAT(led.all<uploader::TraceBytes>(), IsEmpty()) << "its motion is not wanted";
    EXPECT_EQ(led.ended(), "abandoned");
    EXPECT_EQ(led.all<uploader::StrokeFinished>().size(), 2U);
}

TEST(Guide, WhoDoesNotSayYesLeavesNothingBehind) {
    Led led;
    EXPECT_TRUE(led.choose("back"));
    led.wait(60, true);
    EXPECT_TRUE(led.director.ended_at());
    EXPECT_THAT(led.events, IsEmpty());
}

TEST(Guide, APauseRecordsNothingAndItsOwnerResumesIt) {
    Led led;
    led.choose("with_motion");
    led.rate(5);
    led.wait(5, true);
    ASSERT_TRUE(led.guide.act(person, exercise::Pause{}, led.now_ns));
    EXPECT_EQ(led.panel(), "pause");
    EXPECT_FALSE(led.guide.ink());
    EXPECT_FALSE(led.guide.records());
    const std::int64_t drawn_ns = led.drawing.duration_ns();
    led.wait(100, true);
    EXPECT_EQ(led.drawing.duration_ns(), drawn_ns);
    EXPECT_FALSE(led.guide.press(GuideKey::pause, led.now_ns)) << "the desk cannot end it";
    EXPECT_FALSE(led.choose("skip")) << "first it goes on";
    EXPECT_TRUE(led.choose("go_on"));
    EXPECT_TRUE(led.guide.ink());
    EXPECT_EQ(led.panel(), "free_scribble");
}

TEST(Guide, WithoutAHeadsetOnTheTimeStands) {
    Led led;
    led.choose("with_motion");
    led.rate(5);
    led.focused = false;
    led.wait(200);
    EXPECT_FALSE(led.guide.ink());
    led.focused = true;
    led.wait(1);
    EXPECT_TRUE(led.guide.ink());
    EXPECT_EQ(led.panel(), "free_scribble");
}

TEST(Guide, AHandThatIsAwayForLongIsLedAlone) {
    Led led;
    led.choose("with_motion");
    led.rate(5);
    led.wait(5, false, false);
    EXPECT_EQ(led.panel(), "free_scribble") << "a short loss is none";
    led.wait(7, false, false);
    EXPECT_EQ(led.panel(), "free_scribble_one_hand");
    led.wait(1);
    EXPECT_EQ(led.panel(), "free_scribble");
}

TEST(Guide, TheDeskPassesOnAYesAndItsActsAreTold) {
    Led led;
    EXPECT_FALSE(led.guide.press(GuideKey::skip, led.now_ns));
    EXPECT_TRUE(led.guide.press(GuideKey::go_on, led.now_ns));
    EXPECT_THAT(led.told().front(), HasSubstr(R"("motion":false,"spoken":true)"));
    EXPECT_TRUE(led.guide.wants_rating());
    EXPECT_TRUE(led.guide.press(GuideKey::ten, led.now_ns));
    EXPECT_EQ(led.guide.notice(), "notice.facilitator_rate");
    led.wait(9);
    EXPECT_EQ(led.guide.notice(), std::nullopt);
    EXPECT_THAT(led.told(), testing::Contains(HasSubstr(R"("rating":10)")));
}

TEST(Guide, WhereTheDeskIsThePersonWalkingBackSkipsNothing) {
    Led led(GuideChoice::short_one, true);
    EXPECT_TRUE(led.guide.press(GuideKey::go_on, led.now_ns));
    EXPECT_THAT(led.told().front(), HasSubstr(R"("by":"person")"));
    EXPECT_FALSE(led.guide.press(GuideKey::skip, led.now_ns));
    EXPECT_TRUE(led.guide.press(GuideKey::shift_skip, led.now_ns));
    EXPECT_EQ(led.guide.notice(), std::nullopt) << "they did it themselves";
}

TEST(Guide, TheMenuButtonLeadsToTheClosingWordsAndThenEnds) {
    Led led;
    led.choose("with_motion");
    led.rate(5);
    led.wait(5, true);
    led.director.finish_gently(person, led.time());
    EXPECT_EQ(led.panel(), "closing");
    EXPECT_FALSE(led.guide.ink());
    EXPECT_FALSE(led.director.ended_at());
    led.director.finish_gently(person, led.time());
    led.wait(1);
    EXPECT_TRUE(led.director.ended_at());
    EXPECT_EQ(led.ended(), "abandoned");
}

TEST(Guide, TheSafePlaceIsLeftByThePersonAlone) {
    Led led;
    led.choose("with_motion");
    led.rate(5);
    EXPECT_TRUE(led.choose("safe_place"));
    EXPECT_EQ(led.panel(), "safe_place");
    EXPECT_FALSE(led.guide.press(GuideKey::go_on, led.now_ns));
    EXPECT_TRUE(led.choose("go_on"));
    EXPECT_EQ(led.panel(), "free_scribble");
}

TEST(Guide, MoreEventsThanOneSessionKeepsAreLeftOut) {
    Led led;
    led.choose("with_motion");
    for (std::size_t i = 0; i < Guide::events_max; ++i) {
        led.guide.act(person, exercise::Pause{}, led.now_ns);
        led.guide.act(person, exercise::Resume{}, led.now_ns);
    }
    EXPECT_EQ(led.told().size(), Guide::events_max);
}

TEST(Guide, EveryChoiceOfItsPanelsMeansSomethingInTheWholeExercise) {
    Led led(GuideChoice::whole);
    led.choose("with_motion");
    led.rate(0);
    EXPECT_EQ(led.panel(), "grounding");
    EXPECT_TRUE(led.choose("longer"));
    EXPECT_TRUE(led.choose("go_on"));
    EXPECT_EQ(led.panel(), "arm_circles");
    EXPECT_FALSE(led.guide.ink());
    EXPECT_TRUE(led.choose("back"));
    EXPECT_EQ(led.panel(), "grounding");
    EXPECT_FALSE(led.choose("nobody_knows"));
    EXPECT_TRUE(led.choose("finish"));
    EXPECT_EQ(led.panel(), "closing");
}

TEST(Guide, AScriptThatIsNotThereIsSaid) {
    const auto none = read_guide("/nowhere", GuideChoice::whole);
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error(), HasSubstr("/nowhere/exercise/bilateral_drawing.json"));
    EXPECT_EQ(read_guide("/nowhere", GuideChoice::off).value(), std::nullopt);
}

} // namespace
} // namespace haven
