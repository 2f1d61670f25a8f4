// Looking back: a session with what stands under it in one request, which shows nobody more than
// the single lists do.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/one_life.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace haven::test {
namespace {

class Timeline : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    static std::string read(HttpClient& who, const std::string& path) {
        const Reply reply = who.get(path);
        EXPECT_EQ(reply.status, 200) << path << reply.body;
        return reply.body;
    }
    static std::size_t count(std::string_view body, const std::string& list) {
        std::size_t items = 0;
        while (!json_at(body, std::format("{}/{}", list, items)).empty()) {
            ++items;
        }
        return items;
    }
    std::string session_path(std::string_view below = "") const {
        return std::format("/v1/sessions/{}{}", life.ids.session, below);
    }
    /// What the page of the life's session shows to who asks is what the single lists show.
    void expect_of_the_single_lists(HttpClient& who, const std::string& page) {
        EXPECT_EQ(json_at(page, "/session"), json_at(read(who, session_path()), ""));
        for (const auto& [member, list] :
             {std::pair("intents", "/intents"), std::pair("reflections", "/reflections"),
              std::pair("screenings", "/safety-screenings")}) {
            const std::string part = std::string("/") + member;
            EXPECT_EQ(json_at(page, part + "/items"),
                      json_at(read(who, session_path(list)), "/items"))
                << member;
            EXPECT_EQ(count(page, part + "/items"), part == "/screenings" ? 2U : 1U) << member;
            EXPECT_EQ(json_at(page, part + "/more"), "false");
            EXPECT_EQ(json_at(page, part + "/href"), session_path(list));
        }
        const std::string exercises = read(who, session_path("/exercises"));
        ASSERT_EQ(count(page, "/exercises/items"), count(exercises, "/items"));
        for (std::size_t i = 0; i < count(exercises, "/items"); ++i) {
            const std::string place = std::format("/exercises/items/{}", i);
            for (const char* member : {"/id", "/technique", "/status", "/started_at"}) {
                EXPECT_EQ(json_at(page, place + member),
                          json_at(exercises, std::format("/items/{}{}", i, member)));
            }
            const std::string artifacts = json_at(page, place + "/artifacts/href");
            EXPECT_EQ(json_at(page, place + "/artifacts/items"),
                      json_at(read(who, artifacts), "/items"));
        }
    }

    TestServer server;
    OneLife life{server};
};

TEST_F(Timeline, APersonSeesWhatTheSingleListsShow) {
    const std::string timeline = read(life.user, "/v1/users/me/timeline");
    EXPECT_EQ(count(timeline, "/items"), 1U);
    const std::string page = read(life.user, session_path("/page"));
    EXPECT_EQ(json_at(timeline, "/items/0"), json_at(page, ""));
    expect_of_the_single_lists(life.user, page);
    EXPECT_EQ(json_at(page, "/vr_sessions/items"),
              json_at(read(life.user, session_path("/vr-sessions")), "/items"));
}

TEST_F(Timeline, ADrawingIsThereWithItsPicturesAndWithoutItsInk) {
    const std::string page = read(life.user, session_path("/page"));
    const std::string drawings = "/exercises/items/0/drawings";
    ASSERT_EQ(count(page, drawings + "/items"), 1U) << page;
    EXPECT_EQ(json_at(page, drawings + "/href"),
              "/v1/exercises/" + life.ids.exercise + "/bilateral-drawings");
    const std::string drawing = drawings + "/items/0";
    const std::string whole = read(life.user, "/v1/bilateral-drawings/" + life.ids.drawing);
    for (const char* member : {"/id", "/exercise_id", "/vr_session_id", "/symmetry_enabled",
                               "/stroke_count", "/duration_seconds", "/created_at"}) {
        EXPECT_EQ(json_at(page, drawing + member), json_at(whole, member)) << member;
    }
    EXPECT_FALSE(page.contains("left_hand_strokes"));
    for (const char* sheet : {"left", "right", "combined"}) {
        const Reply canvas = life.user.get(json_at(page, drawing + "/canvases/" + sheet));
        EXPECT_EQ(canvas.headers.at("content-type"), "image/png") << sheet;
    }
}

TEST_F(Timeline, WhoCaresForThePersonSeesWhatTheSingleListsShowThem) {
    const std::string path = "/v1/users/" + life.user.id + "/timeline";
    for (HttpClient* who : {&life.reviewer, &life.supervisor}) {
        const std::string page = json_at(read(*who, path), "/items/0");
        expect_of_the_single_lists(*who, page);
        EXPECT_EQ(page, json_at(read(*who, session_path("/page")), ""));
        for (const char* theirs : {"vr_sessions", "drawings", "canvases", "input_hash"}) {
            EXPECT_FALSE(page.contains(theirs)) << theirs;
        }
    }
}

TEST_F(Timeline, ToEverybodyElseThereIsNone) {
    HttpClient stranger = server.new_user();
    HttpClient other = server.new_clinician("reviewer");
    EXPECT_EQ(stranger.get(session_path("/page")).status, 404);
    EXPECT_EQ(count(read(stranger, "/v1/users/me/timeline"), "/items"), 0U);
    EXPECT_EQ(other.get(session_path("/page")).status, 404);
    EXPECT_EQ(other.get("/v1/users/" + life.user.id + "/timeline").status, 404);
    EXPECT_EQ(life.user.get("/v1/users/" + life.user.id + "/timeline").status, 403);
    EXPECT_EQ(life.service.get(session_path("/page")).status, 403);
}

TEST_F(Timeline, WhatIsSealedIsNotInIt) {
    const Ids own; // the life's waits for a clinician
    ASSERT_EQ(life.user.put("/v1/sessions/" + own.session, session_body()).status, 201);
    ASSERT_EQ(life.user.put("/v1/exercises/" + own.exercise, exercise_body(own.session)).status,
              201);
    ASSERT_EQ(life.user
                  .put("/v1/exercise-artifacts/" + new_id(),
                       std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                   R"("content_text":"The cellar is cold.","sealed":true}})",
                                   own.exercise))
                  .status,
              201);
    const std::string sealed = read(life.user, "/v1/sessions/" + own.session + "/page");
    EXPECT_EQ(count(sealed, "/exercises/items/0/artifacts/items"), 1U);
    const std::string page = read(life.user, session_path("/page"));
    EXPECT_EQ(count(page, "/exercises/items/1/artifacts/items") +
                  count(page, "/exercises/items/0/artifacts/items"),
              2U)
        << "the motion too";
    for (const std::string& shown : {page, sealed}) {
        EXPECT_FALSE(shown.contains("content_")) << shown;
        EXPECT_FALSE(shown.contains("lamp"));
        EXPECT_FALSE(shown.contains("cellar"));
    }
}

TEST_F(Timeline, OnlyTheKindsAskedForAreShown) {
    const auto kinds = [this](const std::string& query) {
        const std::string page = read(life.user, session_path("/page" + query));
        std::string shown;
        for (const char* kind :
             {"intents", "vr_sessions", "exercises", "reflections", "screenings"}) {
            shown += json_at(page, std::string("/") + kind).empty() ? "" : std::string(kind) + " ";
        }
        for (const char* kind : {"drawings", "artifacts"}) {
            shown += json_at(page, std::string("/exercises/items/0/") + kind).empty()
                         ? ""
                         : std::string(kind) + " ";
        }
        return shown;
    };
    EXPECT_EQ(kinds(""),
              "intents vr_sessions exercises reflections screenings drawings artifacts ");
    EXPECT_EQ(kinds("?types=reflections&types=intents"), "intents reflections ");
    EXPECT_EQ(kinds("?types=exercises"), "exercises ");
    EXPECT_EQ(kinds("?types=artifacts"), "exercises artifacts ");
    EXPECT_EQ(life.user.get(session_path("/page?types=secrets")).status, 400);
}

TEST_F(Timeline, OfEachKindThereAreSoManyAndWhereAllAre) {
    (void)sql(std::format("WITH more AS (INSERT INTO reflections (session_id, user_id, created_at) "
                          "SELECT session_id, user_id, created_at + n * interval '1 second' FROM "
                          "reflections, generate_series(1, 54) AS n WHERE id = '{}' RETURNING 1) "
                          "SELECT count(*) FROM more",
                          life.reflection));
    const std::string timeline = read(life.user, "/v1/users/me/timeline");
    const std::string page = read(life.user, session_path("/page"));
    EXPECT_EQ(count(timeline, "/items/0/reflections/items"), 10U);
    EXPECT_EQ(json_at(timeline, "/items/0/reflections/more"), "true");
    EXPECT_EQ(count(page, "/reflections/items"), 50U);
    EXPECT_EQ(json_at(page, "/reflections/more"), "true");
    EXPECT_EQ(json_at(page, "/reflections/items/0/id"), life.reflection) << "from the first";
    EXPECT_EQ(count(read(life.user, json_at(page, "/reflections/href") + "?limit=200"), "/items"),
              55U);
}

TEST_F(Timeline, EachLookIsInThePersonsRecord) {
    for (const auto& [who, path, action] :
         {std::tuple(&life.user, std::string("/v1/users/me/timeline"), "timeline_list"),
          std::tuple(&life.reviewer, "/v1/users/" + life.user.id + "/timeline", "timeline_list"),
          std::tuple(&life.reviewer, session_path("/page"), "session_page_read")}) {
        const Reply reply = who->get(path);
        EXPECT_EQ(sql(std::format("SELECT string_agg(concat_ws(' ', action, user_id, "
                                  "is_phi_access), ',') FROM audit_logs WHERE request_id = '{}'",
                                  reply.headers.at("x-request-id"))),
                  std::format("{} {} t", action, life.user.id))
            << path;
    }
}

} // namespace
} // namespace haven::test
