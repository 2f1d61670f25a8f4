#include "server/http/paging.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "net/api/time.hpp"
#include "server/auth/principal.hpp"
#include "server/http/json_members.hpp"
#include "server/http/json_value.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/seal/seal.hpp"
#include "server/store/actor.hpp"
#include "server/store/rows.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <yyjson.h>

namespace haven::http {
namespace {

using Limits = std::numeric_limits<api::TimeUs>;
using TimeBytes = std::array<std::byte, sizeof(api::TimeUs)>;
using PlaceBytes = std::array<std::byte, sizeof(api::TimeUs) + sizeof(Uuid::bytes)>;

/// For a URI's query (RFC 3986): what is not unreserved is encoded, so that nothing ends the link
/// or the parameter that it stands in.
std::string encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || std::string_view("-._~").contains(c);
        out += plain ? std::string(1, c) : std::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// What the query asks for beside a cursor and how many, as the description completes it: what a
/// cursor holds on to, and the link to the next page repeats.
std::string filters_of(std::string_view query_json) {
    const JsonDocument document = read_json(query_json);
    std::string filters;
    yyjson_obj_iter members = yyjson_obj_iter_with(yyjson_doc_get_root(document.get()));
    while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
        const std::string_view name = text_of(key);
        if (name == "limit" || name == "cursor") {
            continue;
        }
        yyjson_val* value = yyjson_obj_iter_get_val(key);
        yyjson_arr_iter items = yyjson_arr_iter_with(value);
        for (yyjson_val* one = yyjson_is_arr(value) ? yyjson_arr_iter_next(&items) : value;
             one != nullptr; one = yyjson_arr_iter_next(&items)) {
            filters += std::format("&{}={}", encoded(name), encoded(text_of(one)));
        }
    }
    return filters;
}

std::string actor_of(const Request& request) {
    if (!request.principal) {
        return "";
    }
    const store::Actor& actor = request.principal->actor;
    return std::format("{} {}", store::to_string(actor.kind), actor.id ? to_string(*actor.id) : "");
}

/// A time, or a day, which begins at 00:00 UTC. It was held against its form.
api::TimeUs time_of(const std::string& text) {
    return *api::parse_time_us(text.contains('T') ? text : text + "T00:00:00Z");
}

} // namespace

Place first_place() {
    return {.time_us = Limits::min(), .id = {}};
}

Place last_place() {
    Place place{.time_us = Limits::max(), .id = {}};
    place.id.bytes.fill(0xFF);
    // Rows that are numbered have their number in the last half of the id: this is the last, too.
    place.id.bytes[8] = 0x7F;
    return place;
}

std::string to_cursor(const seal::Seal& seal, std::string_view bound_to, const Place& place) {
    PlaceBytes plain{};
    const auto time = std::bit_cast<TimeBytes>(place.time_us);
    const auto id = std::as_bytes(std::span(place.id.bytes));
    std::ranges::copy(id, std::ranges::copy(time, plain.begin()).out);
    return seal.seal_token(bound_to, plain);
}

std::optional<Place> read_cursor(const seal::Seal& seal, std::string_view bound_to,
                                 std::string_view cursor) {
    const auto plain = seal.unseal_token(bound_to, cursor);
    if (!plain || plain->size() != PlaceBytes{}.size()) {
        return std::nullopt;
    }
    TimeBytes time{};
    Place place;
    const auto bytes = std::span(*plain);
    std::ranges::copy(bytes.first(time.size()), time.begin());
    std::ranges::copy(bytes.subspan(time.size()),
                      std::as_writable_bytes(std::span(place.id.bytes)).begin());
    place.time_us = std::bit_cast<api::TimeUs>(time);
    return place;
}

std::expected<PageRequest, Problem> read_page(const Request& request, const seal::Seal& seal) {
    const JsonMembers query(request.query_json);
    const auto limit = api::whole_number(query.text("limit").value_or(""));
    PageRequest page{.items_max = static_cast<std::int32_t>(limit.value_or(1)),
                     .newest_first = query.text("sort") == "newest"};
    const std::string filters = filters_of(request.query_json);
    page.bound_to = std::format("{}{}\n{}", request.head.path, filters, actor_of(request));
    page.link = std::format("{}?limit={}{}", request.head.path, page.items_max, filters);
    if (const auto from = query.text("from")) {
        page.after = {.time_us = time_of(*from) - 1, .id = last_place().id};
    }
    if (const auto to = query.text("to")) {
        page.before = {.time_us = time_of(*to), .id = first_place().id};
    }
    if (const auto cursor = query.text("cursor")) {
        const auto place = read_cursor(seal, page.bound_to, *cursor);
        if (!place) {
            Problem refusal = invalid_parameter(
                "cursor", "is the `next_cursor` of this list, with the same filters and order");
            refusal.forged = true;
            return std::unexpected(std::move(refusal));
        }
        (page.newest_first ? page.before : page.after) = *place;
    }
    return page;
}

Response page_of(const store::Rows& rows, const PageRequest& page, const seal::Seal& seal) {
    std::string items;
    std::optional<Place> last;
    std::int32_t count = 0;
    bool others_follow = false;
    for (const store::Row row : rows) {
        if (count == page.items_max || (count > 0 && row.is_null("item"))) {
            others_follow = true;
            break;
        }
        items += count++ == 0 ? "" : ",";
        items += row.get<std::string_view>("item");
        last = {.time_us = row.time_or_end("page_time"), .id = row.get<Uuid>("id")};
    }
    if (!others_follow) {
        return json(200, std::format(R"({{"items":[{}]}})", items));
    }
    const std::string cursor = to_cursor(seal, page.bound_to, *last);
    Response response =
        json(200, std::format(R"({{"items":[{}],"next_cursor":"{}"}})", items, cursor));
    response.headers.emplace_back("Link",
                                  std::format("<{}&cursor={}>; rel=\"next\"", page.link, cursor));
    return response;
}

} // namespace haven::http
