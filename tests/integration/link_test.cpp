// A headset that is linked to an account by a code, against the server it is linked to: what it
// draws goes there under tokens that come and go.
#include "net/api/oauth.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"
#include "net/uploader/linking.hpp"
#include "tests/integration/device_grants_fixture.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/net/drawing_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <format>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace haven::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using uploader::Courier;

class LinkedHeadset : public DeviceGrants {
  protected:
    using Linked = std::expected<api::DeviceLink, uploader::LinkingFailure>;

    /// The headset asks, and while it waits for the first time `who` decides. Its pauses pass at
    /// once: the rows are as old as if it had waited.
    Linked link(const std::function<void(const Asked&)>& at_first_pause) {
        auto http = uploader::HttpClient::create({.server_url = server.url()});
        Asked asked;
        bool decided = false;
        return uploader::link_headset(
            *http, server.url(), "Reading corner", file,
            {.show =
                 [&](const api::DeviceAuthorization& code) { asked.user_code = code.user_code; },
             .tell = [](const std::string& trouble) { ADD_FAILURE() << trouble; },
             .wait =
                 [&](milliseconds pause) {
                     if (pause > 0ms && !std::exchange(decided, true)) {
                         at_first_pause(asked);
                     }
                     change(std::format("polled_at = polled_at - interval '{} milliseconds'",
                                        pause.count()));
                     clock += pause;
                     return true;
                 },
             .now = [this] { return clock; }});
    }
    Linked link_to(HttpClient& who) {
        return link(
            [&](const Asked& asked) { EXPECT_EQ(decide(who, asked, "allow").status, 200); });
    }

    std::unique_ptr<Courier> start() const {
        auto courier = Courier::start(
            {.outbox_file = folder.path() / "haven.sqlite",
             .http = uploader::HttpConfig{.server_url = server.url()},
             .linked =
                 uploader::CourierConfig::Linked{.file = file, .link = file.read().value().value()},
             .backoff = {.first = 1ms, .most = 20ms}});
        if (!courier) {
            throw std::runtime_error(courier.error());
        }
        return *std::move(courier);
    }
    static void post(Courier& courier, uploader::Event event) {
        ASSERT_TRUE(await(20s, [&] { return courier.post(std::move(event)); }));
    }
    static void draw(Courier& courier, std::uint32_t number) {
        const outbox::DrawingBegin begin = numbered_drawing(number);
        post(courier, uploader::DrawingBegun{begin});
        post(courier, uploader::StrokeFinished{begin.drawing_id, numbered_stroke(0)});
        post(courier, uploader::DrawingFinished{begin.drawing_id, end_of(begin)});
    }
    static bool all_sent(const Courier& courier) {
        return await(60s, [&] {
            const uploader::CourierStatus status = courier.status();
            return status.requests_acknowledged > 0 && status.requests_pending == 0;
        });
    }
    /// As if a quarter of an hour had gone by.
    void let_access_tokens_end() const {
        sql_do(server.config().database_url,
               "UPDATE access_tokens SET created_at = now() - interval '1 hour', expires_at = "
               "now() - interval '1 minute' WHERE family_id IN (SELECT id FROM token_families "
               "WHERE came_by = 'device')");
    }
    std::string drawings_of(const HttpClient& who) const {
        return sql(
            std::format("SELECT count(*) FROM bilateral_drawings WHERE user_id = '{}'", who.id));
    }
    std::string devices_of(const HttpClient& who) const {
        return sql(std::format("SELECT count(*) FROM token_families WHERE came_by = 'device' AND "
                               "user_id = '{}' AND revoked_at IS NULL",
                               who.id));
    }

    TempDirectory folder;
    uploader::LinkFile file{folder.path()};
    steady_clock::time_point clock;
};

TEST_F(LinkedHeadset, BringsWhatIsDrawnToTheAccountThatAllowedIt) {
    const Linked linked = link_to(person);
    ASSERT_TRUE(linked) << linked.error().why;
    EXPECT_EQ(to_string(linked->user_id), person.id);
    const auto courier = start();
    draw(*courier, 1);
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0)
        << courier->status().last_error;
    EXPECT_EQ(drawings_of(person), "1");
    EXPECT_EQ(courier->status().link, uploader::Link::reachable);
}

TEST_F(LinkedHeadset, IsNotLinkedWhereItIsDenied) {
    const Linked denied =
        link([&](const Asked& asked) { EXPECT_EQ(decide(person, asked, "deny").status, 200); });
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().end, uploader::LinkingEnd::denied);
    EXPECT_EQ(file.read().value(), std::nullopt);
}

TEST_F(LinkedHeadset, IsNotLinkedWhereNobodyDecides) {
    const Linked late = link([](const Asked&) {});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().end, uploader::LinkingEnd::too_late);
    EXPECT_EQ(sql("SELECT interval_seconds FROM device_grants"), "5") << "it was never too fast";
}

TEST_F(LinkedHeadset, RenewsATokenThatHasEndedAndGoesOn) {
    const Linked linked = link_to(person);
    ASSERT_TRUE(linked);
    const auto courier = start();
    draw(*courier, 1);
    ASSERT_TRUE(all_sent(*courier)) << courier->status().last_error;
    for (std::uint32_t number : {2U, 3U}) {
        let_access_tokens_end();
        draw(*courier, number);
        EXPECT_TRUE(await(60s, [&] { return drawings_of(person) == std::to_string(number); }))
            << courier->status().last_error;
    }
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0);
    EXPECT_NE(file.read().value()->refresh_token, linked->refresh_token);
    EXPECT_EQ(devices_of(person), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM refresh_tokens JOIN token_families ON id = family_id WHERE "
                  "came_by = 'device'"),
              "3");
}

TEST_F(LinkedHeadset, RenewsBeforeTheTokenEnds) {
    const Linked linked = link_to(person);
    ASSERT_TRUE(linked);
    api::DeviceLink soon = *linked;
    soon.renew_at = 1;
    ASSERT_TRUE(file.write(soon));
    const auto courier = start();
    EXPECT_TRUE(
        await(20s, [&] { return file.read().value()->refresh_token != soon.refresh_token; }));
    draw(*courier, 1);
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0);
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE response_status = 401"), "0")
        << "nobody had to be refused first";
}

TEST_F(LinkedHeadset, StaysLinkedWhereTheAnswerOfARenewalWasLost) {
    const Linked linked = link_to(person);
    ASSERT_TRUE(linked);
    ASSERT_EQ(refresh(linked->refresh_token).status, 200) << "and nobody heard it";
    let_access_tokens_end();
    const auto courier = start();
    draw(*courier, 1);
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0)
        << courier->status().last_error;
    EXPECT_EQ(drawings_of(person), "1");
    EXPECT_EQ(devices_of(person), "1");
}

TEST_F(LinkedHeadset, WaitsWhereItsLinkHasEndedAndGoesOnWhenItIsLinkedAgain) {
    ASSERT_TRUE(link_to(person));
    const std::string id = sql("SELECT id FROM token_families WHERE came_by = 'device'");
    const auto courier = start();
    draw(*courier, 1);
    ASSERT_TRUE(all_sent(*courier));
    ASSERT_EQ(person.remove("/v1/auth/devices/" + id).status, 204);
    draw(*courier, 2);
    ASSERT_TRUE(await(20s, [&] { return courier->status().link == uploader::Link::unlinked; }));
    EXPECT_GT(courier->status().requests_pending, 0);
    EXPECT_EQ(courier->status().requests_refused, 0);
    ASSERT_TRUE(link_to(person)) << "beside the headset that runs";
    EXPECT_TRUE(all_sent(*courier)) << courier->status().last_error;
    EXPECT_EQ(drawings_of(person), "2");
}

TEST_F(LinkedHeadset, GivesNothingToTheNextAccountItIsLinkedTo) {
    ASSERT_TRUE(link_to(person));
    {
        const auto courier = start();
        ASSERT_TRUE(
            await(20s, [&] { return courier->status().link == uploader::Link::reachable; }));
        sql_do(server.config().database_url,
               "UPDATE token_families SET revoked_at = now(), revoked_why = 'ended' WHERE came_by "
               "= 'device'");
        draw(*courier, 1);
        ASSERT_TRUE(await(20s, [&] { return courier->status().link == uploader::Link::unlinked; }));
    }
    HttpClient other = server.new_user();
    ASSERT_TRUE(link_to(other));
    const auto courier = start();
    draw(*courier, 2);
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0);
    EXPECT_EQ(drawings_of(other), "1");
    EXPECT_EQ(drawings_of(person), "0");
    EXPECT_TRUE(courier->status().waiting_for.contains("1 drawing: for account"))
        << courier->status().waiting_for;
}

TEST_F(LinkedHeadset, DrawsForItsAccountWhereNoServerIsInReach) {
    ASSERT_TRUE(link_to(person));
    {
        const auto offline =
            Courier::start({.outbox_file = folder.path() / "haven.sqlite",
                            .http = {},
                            .linked = uploader::CourierConfig::Linked{
                                .file = file, .link = file.read().value().value()}});
        ASSERT_TRUE(offline);
        draw(**offline, 1);
        ASSERT_TRUE(await(20s, [&] { return (*offline)->status().strokes_saved == 1; }));
    }
    let_access_tokens_end();
    const auto courier = start();
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0);
    EXPECT_EQ(drawings_of(person), "1");
}

TEST_F(LinkedHeadset, AskedToForgetItsLinkTellsTheServer) {
    const Linked linked = link_to(person);
    ASSERT_TRUE(linked);
    EXPECT_EQ(devices_of(person), "1");
    auto http = uploader::HttpClient::create({.server_url = server.url()});
    ASSERT_TRUE(uploader::revoke(*http, *linked));
    EXPECT_EQ(devices_of(person), "0");
    EXPECT_FALSE(is_good(linked->access_token));
}

TEST_F(LinkedHeadset, WaitsWhileAnotherProcessRenewsTheToken) {
    ASSERT_TRUE(link_to(person));
    auto held = file.try_lock();
    ASSERT_TRUE(held && *held);
    let_access_tokens_end();
    const auto courier = start();
    draw(*courier, 1);
    ASSERT_TRUE(await(20s, [&] { return courier->status().strokes_saved == 1; }));
    EXPECT_EQ(drawings_of(person), "0");
    const api::DeviceLink before = file.read().value().value();
    const Reply renewed = refresh(before.refresh_token);
    api::DeviceLink after = before;
    after.access_token = renewed.member("access_token");
    after.refresh_token = renewed.member("refresh_token");
    ASSERT_TRUE(file.write(after));
    held->reset();
    EXPECT_EQ(courier->drain(steady_clock::now() + 60s).requests_pending, 0)
        << courier->status().last_error;
    EXPECT_EQ(file.read().value()->refresh_token, after.refresh_token) << "not once more";
}

} // namespace
} // namespace haven::test
