#include "net/uploader/linking.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/uuid_v7.hpp"
#include "net/api/oauth.hpp"
#include "net/api/paths.hpp"
#include "net/api/problem.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/answer.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"
#include "net/uploader/private_file.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::uploader {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds look_after(200); ///< whether it is to be given up, while an answer comes
constexpr seconds slower_by(5);         // RFC 8628 3.5
constexpr seconds pause_max(60);        ///< where the network or the server is in trouble
constexpr seconds lock_wait_max(10);    ///< longer than another process renews its token
constexpr seconds account_wait_max(60); ///< for the word whose account it is

LinkingFailure failure(LinkingEnd end, std::string why) {
    return {.end = end, .why = std::move(why)};
}

LinkingFailure given_up() {
    return failure(LinkingEnd::given_up, "not linked; nothing was changed");
}

HttpRequest form_request(std::string_view path, const api::Form& form) {
    return {.method = "POST",
            .path = std::string(path),
            .content_type = std::string(api::form_media_type),
            .body = api::encode_form(form)};
}

/// What an answer says that is none of those that were hoped for.
std::string words_of(std::string_view path, const HttpResult& result) {
    if (!result) {
        return result.error().message;
    }
    const auto problem = api::haven_problem(result->status, result->content_type, result->body);
    const auto error = api::oauth_error(result->status, result->content_type, result->body);
    return std::format("POST {}: {}{}", path, result->status,
                       error     ? ", " + *error
                       : problem ? ", " + problem->title
                                 : ", and not in Haven's words");
}

class Linking {
  public:
    Linking(HttpClient& http, const LinkingHost& host) : http_(http), host_(host) {}

    std::expected<api::DeviceAuthorization, LinkingFailure> ask(const std::string& device_name);
    std::expected<api::OAuthTokens, LinkingFailure>
    wait_for_word(const api::DeviceAuthorization& asked);
    std::expected<outbox::Account, LinkingFailure> ask_whose();
    std::expected<FileLock, LinkingFailure> lock(const LinkFile& file);
    std::expected<void, LinkingFailure> keep(const api::DeviceLink& link, const LinkFile& file);

  private:
    /// Nothing: it was given up.
    std::optional<HttpResult> send(HttpRequest request) {
        http_.begin(std::move(request));
        while (true) {
            if (auto result = http_.poll()) {
                return result;
            }
            http_.wait(look_after); // or until something comes
            if (!host_.wait(milliseconds(0))) {
                http_.cancel();
                return std::nullopt;
            }
        }
    }

    void tell(const std::string& trouble) {
        if (std::exchange(told_, trouble) != trouble) {
            host_.tell(trouble);
        }
    }

    HttpClient& http_;
    const LinkingHost& host_;
    std::string told_;
};

std::expected<api::DeviceAuthorization, LinkingFailure>
Linking::ask(const std::string& device_name) {
    api::Form form{{"client_id", std::string(api::headset_client_id)},
                   {"scope", std::string(api::drawing_scope)}};
    if (!device_name.empty()) {
        form.emplace_back("device_name", device_name);
    }
    const auto result = send(form_request(api::device_authorization_path, form));
    if (!result) {
        return std::unexpected(given_up());
    }
    if (*result && (*result)->status == 200) {
        if (auto asked = api::decode_device_authorization((*result)->body)) {
            return *std::move(asked);
        }
    }
    std::string why = words_of(api::device_authorization_path, *result);
    if (*result && (*result)->retry_after) {
        why += std::format("; try again in {} s",
                           std::chrono::ceil<seconds>(*(*result)->retry_after).count());
    }
    return std::unexpected(failure(LinkingEnd::failed, std::move(why)));
}

std::expected<api::OAuthTokens, LinkingFailure>
Linking::wait_for_word(const api::DeviceAuthorization& asked) {
    const Clock::time_point end = host_.now() + seconds(asked.expires_in);
    seconds interval(std::max<std::int64_t>(asked.interval, 1));
    milliseconds pause = interval;
    while (host_.now() < end) {
        const auto left = std::chrono::ceil<milliseconds>(end - host_.now());
        if (!host_.wait(std::min(pause, left))) {
            return std::unexpected(given_up());
        }
        const auto result = send(form_request(
            api::oauth_token_path, {{"grant_type", std::string(api::device_code_grant)},
                                    {"device_code", asked.device_code},
                                    {"client_id", std::string(api::headset_client_id)}}));
        if (!result) {
            return std::unexpected(given_up());
        }
        std::optional<std::string> error;
        if (*result) {
            const HttpResponse& answer = **result;
            if (auto tokens = api::decode_oauth_tokens(answer.body);
                answer.status == 200 && tokens) {
                return *std::move(tokens);
            }
            error = api::oauth_error(answer.status, answer.content_type, answer.body);
        }
        if (error == "authorization_pending") {
            pause = interval;
        } else if (error == "slow_down") {
            interval += slower_by;
            pause = interval;
        } else if (error == "access_denied") {
            return std::unexpected(
                failure(LinkingEnd::denied, "it was denied; nothing was changed"));
        } else if (error == "expired_token") {
            break;
        } else if (error) {
            return std::unexpected(
                failure(LinkingEnd::failed, words_of(api::oauth_token_path, *result)));
        } else { // the network's, or the server's trouble, or too many
            tell(words_of(api::oauth_token_path, *result));
            const auto asked_for = *result ? (*result)->retry_after : std::nullopt;
            pause = std::max(std::min<milliseconds>(2 * pause, pause_max),
                             asked_for.value_or(milliseconds(0)));
        }
    }
    return std::unexpected(
        failure(LinkingEnd::too_late, "the code was not used in time; nothing was changed"));
}

std::expected<outbox::Account, LinkingFailure> Linking::ask_whose() {
    const Clock::time_point end = host_.now() + account_wait_max;
    std::string why;
    for (milliseconds pause = seconds(1); host_.now() < end; pause *= 2) {
        const auto result = send({.method = "GET", .path = std::string(api::current_token_path)});
        if (!result) {
            return std::unexpected(given_up());
        }
        if (*result) {
            if (const auto account = judge_bearer(**result)) {
                return *account;
            }
        }
        why = words_of(api::current_token_path, *result);
        tell(why);
        if (!host_.wait(pause)) {
            return std::unexpected(given_up());
        }
    }
    return std::unexpected(failure(LinkingEnd::failed, std::move(why)));
}

std::expected<FileLock, LinkingFailure> Linking::lock(const LinkFile& file) {
    const Clock::time_point end = host_.now() + lock_wait_max;
    while (host_.now() < end) {
        auto lock = file.try_lock();
        if (!lock) {
            return std::unexpected(failure(LinkingEnd::failed, lock.error()));
        }
        if (*lock) {
            return **std::move(lock);
        }
        if (!host_.wait(look_after)) {
            return std::unexpected(given_up());
        }
    }
    return std::unexpected(failure(LinkingEnd::failed, "another program changes this headset's "
                                                       "link; end it and try again"));
}

std::expected<void, LinkingFailure> Linking::keep(const api::DeviceLink& link,
                                                  const LinkFile& file) {
    const auto locked = lock(file);
    if (!locked) {
        return std::unexpected(locked.error());
    }
    if (auto written = file.write(link); !written) {
        return std::unexpected(failure(LinkingEnd::failed, written.error()));
    }
    return {};
}

} // namespace

std::expected<api::DeviceLink, LinkingFailure>
link_headset(HttpClient& http, const std::string& server_url, const std::string& device_name,
             const LinkFile& file, const LinkingHost& host) {
    Linking linking(http, host);
    http.set_token({});
    if (const auto there = linking.lock(file); !there) { // before anybody is asked
        return std::unexpected(there.error());
    }
    const auto asked = linking.ask(device_name);
    if (!asked) {
        return std::unexpected(asked.error());
    }
    host.show(*asked);
    const auto tokens = linking.wait_for_word(*asked);
    if (!tokens) {
        return std::unexpected(tokens.error());
    }
    api::DeviceLink link{.id = to_string(make_uuid_v7()),
                         .server_url = server_url,
                         .access_token = tokens->access_token,
                         .renew_at = renew_at(tokens->expires_in),
                         .refresh_token = tokens->refresh_token};
    http.set_token(link.access_token);
    const auto kept = linking.ask_whose().and_then([&](const outbox::Account& account) {
        link.server_id = account.server_id;
        link.user_id = account.user_id;
        return linking.keep(link, file);
    });
    if (!kept) {
        (void)revoke(http, link); // nobody has it
        return std::unexpected(kept.error());
    }
    return link;
}

std::expected<void, std::string> revoke(HttpClient& http, const api::DeviceLink& link) {
    http.set_token({});
    const auto result = http.perform(form_request(
        api::oauth_revocation_path, {{"token", link.refresh_token},
                                     {"token_type_hint", "refresh_token"},
                                     {"client_id", std::string(api::headset_client_id)}}));
    if (!result || result->status != 200) {
        return std::unexpected(words_of(api::oauth_revocation_path, result));
    }
    return {};
}

} // namespace haven::uploader
