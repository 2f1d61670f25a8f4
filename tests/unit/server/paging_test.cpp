// Pages of lists: what a query asks for, and the cursors that lead from one to the next.
#include "server/http/paging.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/time.hpp"
#include "server/auth/principal.hpp"
#include "server/http/contract.hpp"
#include "server/http/message.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/secret.hpp"
#include "server/store/actor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>

namespace haven::http {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

const Uuid some_id = *parse_uuid("01890a5d-ac96-774b-bcce-b302099a8057");
const Uuid other_id = *parse_uuid("01890a5d-ac96-774b-bcce-b302099a8058");
const Place some_place{.time_us = 1'763'800'000'000'001, .id = some_id};

seal::Secret key_of(unsigned char first) {
    seal::Secret key;
    std::fill_n(key.data(), seal::Secret::size_bytes, first);
    return key;
}

class Paging : public ::testing::Test {
  protected:
    /// A request for a list by a person, once its query was held against the description.
    Request request(std::string_view route, const std::string& query, const Uuid& who = some_id,
                    store::ActorKind kind = store::ActorKind::user) const {
        Request request;
        const auto found = std::ranges::find_if(api_routes(), [route](const Route& one) {
            return one.method == Method::get && one.path == route;
        });
        request.route = &*found;
        request.head.path = route;
        request.head.query = query;
        const auto read = read_query(*contract.find(*found), query);
        EXPECT_TRUE(read) << query << ' ' << read.error().detail;
        request.query_json = read.value_or("{}");
        request.principal = auth::Principal{.actor = {.kind = kind, .id = who, .role = ""}};
        return request;
    }
    std::string wrong(std::string_view route, const std::string& query) const {
        const auto found = std::ranges::find_if(api_routes(), [route](const Route& one) {
            return one.method == Method::get && one.path == route;
        });
        const auto read = read_query(*contract.find(*found), query);
        return read ? "" : read.error().detail;
    }
    PageRequest page(std::string_view route, const std::string& query) const {
        return *read_page(request(route, query), seal);
    }
    std::string cursor(std::string_view route, const std::string& query) const {
        return to_cursor(seal, page(route, query).bound_to, some_place);
    }
    bool is_good(const Request& asked) const { return read_page(asked, seal).has_value(); }

    Contract contract = *Contract::read(openapi_json());
    seal::Seal seal{key_of(1)};
};

TEST_F(Paging, ACursorReadsBackWhateverThePlaceIs) {
    for (const std::int64_t time_us : {some_place.time_us, std::int64_t{-63'549'316'800'000'000},
                                       Limits::min(), Limits::max()}) {
        const Place place{.time_us = time_us, .id = some_id};
        EXPECT_EQ(read_cursor(seal, "here", to_cursor(seal, "here", place)), place);
    }
}

TEST_F(Paging, TheSamePlaceIsTheSameCursorAndAnotherLooksAltogetherDifferent) {
    const std::string first = to_cursor(seal, "here", some_place);
    EXPECT_EQ(first, to_cursor(seal::Seal(key_of(1)), "here", some_place)) << "at every server";
    EXPECT_LT(first.size(), 100U);
    const std::string second = to_cursor(seal, "here", {some_place.time_us + 1, some_id});
    std::size_t same = 0;
    for (std::size_t i = 2; i < first.size(); ++i) {
        same += first[i] == second[i] ? 1 : 0;
    }
    EXPECT_LT(same, 20U) << "nothing of the time or the id is seen";
}

TEST_F(Paging, ACursorThatWasChangedCutOrMadeByAnotherKeyIsNone) {
    const std::string good = to_cursor(seal, "here", some_place);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string changed = good;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(read_cursor(seal, "here", changed)) << i;
        EXPECT_FALSE(read_cursor(seal, "here", good.substr(0, i))) << i;
    }
    for (const std::string& other :
         {good + "A", good + "=", " " + good, good + "\n", std::string(5000, 'A'),
          std::string("1763800000000001_01890a5d-ac96-774b-bcce-b302099a8057")}) {
        EXPECT_FALSE(read_cursor(seal, "here", other)) << other;
    }
    EXPECT_FALSE(read_cursor(seal, "there", good));
    EXPECT_FALSE(read_cursor(seal::Seal(key_of(2)), "here", good));
    std::string later_version = good;
    later_version[1] = 'g'; // the first byte: 2
    EXPECT_FALSE(read_cursor(seal, "here", later_version));
}

TEST_F(Paging, ACursorIsGoodForItsListItsBearerItsFiltersAndItsOrderAlone) {
    const std::string list = "/v1/sessions";
    const std::string query = "status=active&status=completed&from=2026-01-01T00:00:00Z";
    const std::string good = cursor(list, query);
    const std::string with = "&cursor=" + good;
    EXPECT_TRUE(is_good(request(list, query + with)));
    EXPECT_TRUE(is_good(request(list, query + with + "&limit=7"))) << "any limit";
    EXPECT_TRUE(is_good(request(list, query + with + "&sort=newest"))) << "the order it has anyway";
    EXPECT_TRUE(is_good(request(list, "from=2026-01-01T01:00:00%2B01:00&limit=3" + with +
                                          "&status=active&status=completed")))
        << "the same, spelled otherwise";
    for (const std::string& other :
         {std::string("status=active&from=2026-01-01T00:00:00Z"), query + "&sort=oldest",
          query + "&to=2027-01-01T00:00:00Z", std::string("limit=7"),
          std::string("status=active&status=completed&from=2026-01-01T00:00:01Z")}) {
        EXPECT_FALSE(is_good(request(list, other + with))) << other;
    }
    EXPECT_FALSE(is_good(request("/v1/users/me/timeline", "cursor=" + cursor(list, ""))));
    EXPECT_FALSE(is_good(request(list, query + with, other_id)));
    EXPECT_FALSE(is_good(request(list, query + with, some_id, store::ActorKind::clinician)));
    const auto refused = read_page(request(list, query + "&sort=oldest" + with), seal);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().type, ProblemType::invalid_parameter);
    EXPECT_TRUE(refused.error().detail.contains("cursor")) << refused.error().detail;
}

TEST_F(Paging, APageIsBetweenItsPlaces) {
    const PageRequest all = page("/v1/sessions", "");
    EXPECT_EQ(all.items_max, 50);
    EXPECT_TRUE(all.newest_first);
    EXPECT_EQ(all.after, first_place());
    EXPECT_EQ(all.before, last_place());
    EXPECT_FALSE(page("/v1/sessions/{id}/exercises", "").newest_first);

    const std::string range = "from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z";
    const PageRequest month = page("/v1/sessions", range);
    const std::int64_t begins = *api::parse_time_us("2026-01-01T00:00:00Z");
    const std::int64_t ends = *api::parse_time_us("2026-02-01T00:00:00Z");
    EXPECT_EQ(month.after, (Place{begins - 1, last_place().id})) << "the first moment is in it";
    EXPECT_EQ(month.before, (Place{ends, first_place().id})) << "and the last is not";
    EXPECT_EQ(page("/v1/daily-metrics", "from=2026-01-01&to=2026-02-01").before, month.before);

    const std::string next = "&cursor=" + cursor("/v1/sessions", range);
    EXPECT_EQ(page("/v1/sessions", range + next).before, some_place);
    EXPECT_EQ(page("/v1/sessions", range + next).after, month.after);
    const std::string back = range + "&sort=oldest";
    EXPECT_EQ(page("/v1/sessions", back + "&cursor=" + cursor("/v1/sessions", back)).after,
              some_place);
}

TEST_F(Paging, ARangeThatHoldsNothingAndAnUnknownWordAreRefused) {
    const std::string day = "2026-01-01T00:00:00Z";
    EXPECT_TRUE(wrong("/v1/sessions", "from=" + day + "&to=" + day).contains("after `from`"));
    EXPECT_NE(wrong("/v1/sessions", "to=2025-01-01T00:00:00Z&from=" + day), "");
    EXPECT_NE(wrong("/v1/daily-metrics", "from=2026-01-02&to=2026-01-01"), "");
    EXPECT_NE(wrong("/v1/sessions", "from=2026-01-01"), "");
    EXPECT_NE(wrong("/v1/sessions", "sort=started_at"), "");
    EXPECT_NE(wrong("/v1/sessions", "status=active&status=gone"), "");
    EXPECT_NE(wrong("/v1/sessions", "status=active&status=active"), "");
    EXPECT_NE(wrong("/v1/sessions", "status=active,completed"), "") << "each by itself";
    EXPECT_NE(wrong("/v1/sessions", "sort=newest&sort=newest"), "");
    EXPECT_NE(wrong("/v1/sessions", "status="), "");
}

TEST_F(Paging, TheLinkRepeatsTheQueryEncodedAnew) {
    const PageRequest next =
        page("/v1/prompts", "category=a%3E%3B%20rel%3D%22x&family=%3Cb>&limit=1");
    EXPECT_EQ(next.link,
              "/v1/prompts?limit=1&category=a%3E%3B%20rel%3D%22x&family=%3Cb%3E&sort=newest");
}

/// Lists are the operations with a cursor: each of them has the one shape.
TEST_F(Paging, EveryListHasTheSameParameters) {
    int lists = 0;
    for (const Route& route : api_routes()) {
        const OperationContract* const described = contract.find(route);
        if (described == nullptr || !described->query.contains("cursor")) {
            continue;
        }
        ++lists;
        std::set<std::string> missing;
        for (const char* name : {"limit", "from", "to", "sort"}) {
            if (!described->query.contains(name)) {
                missing.insert(name);
            }
        }
        const bool queue = route.path == "/v1/hitl-escalations"; // by priority, not by time
        EXPECT_EQ(missing,
                  queue ? (std::set<std::string>{"from", "sort", "to"}) : std::set<std::string>{})
            << route.path;
    }
    EXPECT_GE(lists, 30);
}

} // namespace
} // namespace haven::http
