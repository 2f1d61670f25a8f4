// The voices kept: found by what was said and by whom, counted, and gone when there is no room.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

class Speech : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    static std::string path(std::string_view text) {
        return "/v1/tts-cache/" + sha256_hex("calm\n" + std::string(text));
    }
    static Reply keep(HttpClient& client, const std::string& path, const std::string& audio,
                      const std::string& query = "?voice_id=calm") {
        return client.send("PUT", path + query, audio, {"Content-Type: application/octet-stream"});
    }
    std::size_t files() const {
        const std::filesystem::path root = server.config().objects_dir / "tts";
        if (!std::filesystem::exists(root)) {
            return 0;
        }
        const std::filesystem::recursive_directory_iterator all(root);
        return static_cast<std::size_t>(
            std::ranges::count_if(all, [](const auto& entry) { return entry.is_regular_file(); }));
    }

    TestServer server;
    HttpClient service = server.new_service("web");
};

std::string mpeg(std::size_t bytes) {
    return "ID3" + std::string(bytes - 3, 'a');
}

TEST_F(Speech, AVoiceIsKeptFoundCountedAndHeard) {
    const std::string at = path("Breathe in.");
    EXPECT_EQ(service.get(at).status, 404) << "a miss";
    const std::string audio = mpeg(5000);
    const Reply kept = keep(service, at, audio,
                            "?voice_id=calm&audio_duration_seconds=1.25&is_personal=false"
                            "&text_preview=Breathe%20in.");
    ASSERT_EQ(kept.status, 201) << kept.body;
    EXPECT_EQ(service.get(at).status, 200);
    const Reply hit = service.get(at);
    for (const char* member :
         {R"("voice_id": "calm")", R"("text_preview": "Breathe in.")", R"("is_personal": false)",
          R"("audio_duration_seconds": 1.250)", R"("file_size_bytes": 5000)",
          R"("mime_type": "audio/mpeg")", R"("cache_hits": 2)"}) {
        EXPECT_TRUE(hit.body.contains(member)) << member << " in " << hit.body;
    }
    const Reply heard = service.get(at + "/audio");
    EXPECT_EQ(heard.status, 200);
    EXPECT_EQ(heard.headers.at("content-type"), "audio/mpeg");
    EXPECT_TRUE(heard.body == audio);
    EXPECT_EQ(sql("SELECT string_agg(key, ',') FROM tts_cache, jsonb_each(to_jsonb(tts_cache)) "
                  "WHERE value = 'null'"),
              "NULL");
    EXPECT_EQ(sql("SELECT cache_hits || ' ' || (last_accessed_at > created_at) FROM tts_cache"),
              "2 true");
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects"), "0");
}

TEST_F(Speech, TheSameAudioAgainIsFineAndAnotherIsAConflictThatLeavesNothing) {
    const std::string at = path("Breathe in.");
    ASSERT_EQ(keep(service, at, mpeg(100)).status, 201);
    EXPECT_EQ(keep(service, at, mpeg(100)).status, 200);
    HttpClient other = server.new_service("other");
    EXPECT_EQ(keep(other, at, mpeg(100)).status, 200) << "voices are the clinic's";
    EXPECT_EQ(keep(service, at, mpeg(101)).status, 409);
    EXPECT_EQ(keep(service, at, mpeg(100), "?voice_id=other").status, 409);
    EXPECT_EQ(files(), 1U);
    EXPECT_EQ(service.get(at + "/audio").body, mpeg(100));
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects"), "0");
}

TEST_F(Speech, AudioKeptTwentyTimesAtOnceIsKeptOnce) {
    std::vector<int> statuses(20);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < statuses.size(); ++i) {
            threads.emplace_back([&, i] {
                HttpClient client = server.client();
                client.token = service.token;
                statuses[i] = keep(client, path("now"), mpeg(2000)).status;
            });
        }
    }
    EXPECT_EQ(std::ranges::count(statuses, 201), 1);
    EXPECT_EQ(std::ranges::count(statuses, 200), 19);
    EXPECT_EQ(files(), 1U);
}

TEST_F(Speech, APersonalTextIsNotPreviewed) {
    const std::string at = path("Dear father");
    EXPECT_EQ(keep(service, at, mpeg(100), "?voice_id=calm&text_preview=Dear").status, 422);
    EXPECT_EQ(
        keep(service, at, mpeg(100), "?voice_id=calm&is_personal=true&text_preview=Dear").status,
        422);
    EXPECT_EQ(keep(service, at, mpeg(100),
                   "?voice_id=calm&is_personal=false&text_preview=" + std::string(256, 'x'))
                  .status,
              400);
    EXPECT_EQ(sql("SELECT count(*) FROM tts_cache"), "0");
    ASSERT_EQ(keep(service, at, mpeg(100)).status, 201);
    EXPECT_EQ(sql("SELECT is_personal || ' ' || (text_preview IS NULL) FROM tts_cache"),
              "true true");
    EXPECT_EQ(files(), 1U);
}

TEST_F(Speech, WhatIsNoAudioOrNoHashIsRefused) {
    using namespace std::string_literals;
    EXPECT_EQ(keep(service, path("a"), "<script>alert(1)</script>").status, 422);
    EXPECT_EQ(keep(service, path("a"), "\x89PNG\r\n\x1A\n and more"s).status, 422);
    EXPECT_EQ(keep(service, path("a"), "").status, 422);
    EXPECT_EQ(keep(service, path("a"), mpeg(100), "").status, 400) << "no voice";
    EXPECT_EQ(keep(service, "/v1/tts-cache/abc", mpeg(100)).status, 404);
    EXPECT_EQ(
        service.send("PUT", path("a") + "?voice_id=calm", "{}", {"Content-Type: application/json"})
            .status,
        415);
    EXPECT_EQ(files(), 0U);
    for (const auto& [audio, type] : {std::pair{"OggS\0 and so on"s, "audio/ogg"},
                                      {"RIFF....WAVEfmt and so on"s, "audio/wav"}}) {
        ASSERT_EQ(keep(service, path(type), audio).status, 201) << type;
        EXPECT_EQ(service.get(path(type) + "/audio").headers.at("content-type"), type);
    }
}

TEST_F(Speech, IsForServicesAlone) {
    HttpClient user = server.new_user();
    HttpClient supervisor = server.new_clinician("supervisor");
    ASSERT_EQ(keep(service, path("a"), mpeg(100)).status, 201);
    for (HttpClient* client : {&user, &supervisor}) {
        EXPECT_EQ(client->get(path("a")).status, 403);
        EXPECT_EQ(client->get(path("a") + "/audio").status, 403);
        EXPECT_EQ(keep(*client, path("b"), mpeg(100)).status, 403);
    }
}

TEST_F(Speech, TheLeastRecentlyUsedMakeRoom) {
    for (const char* text : {"one", "two", "three"}) {
        ASSERT_EQ(keep(service, path(text), mpeg(1000)).status, 201);
    }
    ASSERT_EQ(service.get(path("one")).status, 200); // used last
    EXPECT_EQ(sql("SELECT haven_job_trim_tts_cache(2000) FROM (SELECT set_config('haven.actor', "
                  "'job', false)) AS acting"),
              "1");
    EXPECT_EQ(service.get(path("two")).status, 404);
    EXPECT_EQ(service.get(path("one")).status, 200);
    EXPECT_EQ(service.get(path("three")).status, 200);
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects WHERE condemned_at IS NOT NULL"), "1")
        << "its object is swept";
    EXPECT_EQ(sql("SELECT count(*) FROM write_receipts WHERE resource_type = 'voice'"), "2");
    ASSERT_EQ(keep(service, path("two"), mpeg(1000)).status, 201) << "it can be kept anew";
    EXPECT_EQ(service.get(path("two") + "/audio").status, 200);
}

TEST_F(Speech, AVoiceOfAPersonalTextGoesAnHourAfterItsLastUse) {
    ASSERT_EQ(keep(service, path("Dear father"), mpeg(1000)).status, 201);
    ASSERT_EQ(keep(service, path("Dear mother"), mpeg(1000)).status, 201);
    ASSERT_EQ(keep(service, path("Breathe"), mpeg(1000), "?voice_id=calm&is_personal=false").status,
              201);
    sql_do(server.config().database_url,
           "UPDATE tts_cache SET created_at = now() - interval '1 day', last_accessed_at = now() - "
           "interval '61 minutes'");
    ASSERT_EQ(service.get(path("Dear mother")).status, 200) << "used: its hour begins anew";
    EXPECT_EQ(sql("SELECT haven_job_trim_tts_cache() FROM (SELECT set_config('haven.actor', 'job', "
                  "false)) AS acting"),
              "1");
    EXPECT_EQ(service.get(path("Dear father") + "/audio").status, 404);
    EXPECT_EQ(service.get(path("Dear mother")).status, 200);
    EXPECT_EQ(service.get(path("Breathe")).status, 200);
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects WHERE condemned_at IS NOT NULL"), "1")
        << "its object is swept";
}

TEST_F(Speech, AVoiceWhoseObjectIsLostIsAMiss) {
    ASSERT_EQ(keep(service, path("one"), mpeg(1000)).status, 201);
    std::filesystem::remove(server.config().objects_dir /
                            sql("SELECT minio_object_key FROM tts_cache"));
    EXPECT_EQ(service.get(path("one") + "/audio").status, 404);
    EXPECT_EQ(service.get(path("one")).status, 404);
    EXPECT_EQ(keep(service, path("one"), mpeg(1000)).status, 201);
}

} // namespace
} // namespace haven::test
