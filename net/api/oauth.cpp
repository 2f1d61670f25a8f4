#include "net/api/oauth.hpp"

#include "net/api/json_reader.hpp"
#include "net/api/json_rules.hpp"
#include "net/api/json_writer.hpp"
#include "net/api/problem.hpp"
#include "net/api/records.hpp"

#include <cstdint>
#include <expected>
#include <format>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::api {
namespace {

using detail::Range;
using detail::Text;

constexpr Text secret_rule{1, 1024};
constexpr Text shown_rule{1, 1024};
constexpr Range seconds_rule{0, 31'536'000};
constexpr Range time_rule{0, std::numeric_limits<std::int64_t>::max()};

void visit(auto& members, auto& link) {
    members.member("version", link.version, Range{1, 1});
    members.member("id", link.id, shown_rule);
    members.member("server_url", link.server_url, shown_rule);
    members.member("server_id", link.server_id, detail::Id{});
    members.member("user_id", link.user_id, detail::Id{});
    members.member("access_token", link.access_token, secret_rule);
    members.member("renew_at_us", link.renew_at, time_rule);
    members.member("refresh_token", link.refresh_token, secret_rule);
}

template <typename Record>
Decoded<Record> finished(detail::Reader& reader, Record record) {
    std::vector<BodyError> errors = reader.finish();
    if (!errors.empty()) {
        return std::unexpected(std::move(errors));
    }
    return record;
}

bool stays_as_it_is(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

void append_encoded(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (stays_as_it_is(c)) {
            out += c;
        } else {
            std::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
        }
    }
}

} // namespace

std::string encode_form(const Form& fields) {
    std::string body;
    for (const auto& [name, value] : fields) {
        body += body.empty() ? "" : "&";
        append_encoded(body, name);
        body += '=';
        append_encoded(body, value);
    }
    return body;
}

Decoded<DeviceAuthorization> decode_device_authorization(std::string_view body) {
    detail::Reader reader(body, detail::Unknown::passed_over);
    DeviceAuthorization record;
    reader.member("device_code", record.device_code, secret_rule);
    reader.member("user_code", record.user_code, shown_rule);
    reader.member("verification_uri", record.verification_uri, shown_rule);
    reader.member("verification_uri_complete", record.verification_uri_complete, shown_rule);
    reader.member("expires_in", record.expires_in, seconds_rule);
    reader.member("interval", record.interval, seconds_rule, detail::Presence::optional);
    return finished(reader, std::move(record));
}

Decoded<OAuthTokens> decode_oauth_tokens(std::string_view body) {
    detail::Reader reader(body, detail::Unknown::passed_over);
    OAuthTokens record;
    reader.member("access_token", record.access_token, secret_rule);
    reader.member("token_type", record.token_type, shown_rule);
    reader.member("expires_in", record.expires_in, seconds_rule);
    reader.member("refresh_token", record.refresh_token, secret_rule);
    return finished(reader, std::move(record));
}

Decoded<DeviceLink> decode_device_link(std::string_view text) {
    detail::Reader reader(text, detail::Unknown::passed_over);
    DeviceLink link;
    visit(reader, link);
    return finished(reader, std::move(link));
}

std::string encode(const DeviceLink& link) {
    detail::Writer writer;
    visit(writer, link);
    return writer.text();
}

std::optional<std::string> oauth_error(int status, std::string_view content_type,
                                       std::string_view body) {
    if ((status != 400 && status != 401) || !is_media_type(content_type, "application/json")) {
        return std::nullopt;
    }
    detail::Reader reader(body, detail::Unknown::passed_over);
    std::string error;
    reader.member("error", error, shown_rule);
    return reader.finish().empty() ? std::optional(error) : std::nullopt;
}

} // namespace haven::api
