#include "server/auth/grant.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/utf8.hpp"
#include "server/auth/factors.hpp"
#include "server/auth/scopes.hpp"
#include "server/config.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/request_rates.hpp"
#include "server/http/storable.hpp"
#include "server/store/actor.hpp"
#include "server/text/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::auth {

namespace {

constexpr std::size_t name_size_max = 100;

struct Lifetimes {
    std::chrono::seconds idle;
    std::chrono::seconds family;
};

Lifetimes lifetimes_of(const ServerConfig& config, const Terms& terms) {
    if (terms.in_cookie) {
        return {.idle = config.browser_idle_time, .family = config.browser_lifetime};
    }
    if (terms.came_by == CameBy::device) {
        return {.idle = config.device_idle_time, .family = config.device_lifetime};
    }
    if (terms.bearer == store::ActorKind::clinician) {
        return {.idle = config.clinician_idle_time, .family = config.clinician_lifetime};
    }
    return {.idle = config.login_idle_time, .family = config.login_lifetime};
}

/// What stands in a User-Agent, and what people call it; the first that is found.
using Words = std::pair<std::string_view, std::string_view>;
constexpr std::array<Words, 7> browsers{{{"OculusBrowser/", "Meta Quest Browser"},
                                         {"Edg/", "Edge"},
                                         {"OPR/", "Opera"},
                                         {"Firefox/", "Firefox"},
                                         {"Chrome/", "Chrome"},
                                         {"CriOS/", "Chrome"},
                                         {"Safari/", "Safari"}}};
constexpr std::array<Words, 8> systems{{{"iPhone", "iPhone"},
                                        {"iPad", "iPad"},
                                        {"Android", "Android"},
                                        {"Windows", "Windows"},
                                        {"Mac OS X", "macOS"},
                                        {"CrOS", "ChromeOS"},
                                        {"Linux", "Linux"},
                                        {"BSD", "BSD"}}};

template <std::size_t n>
std::string_view first_in(std::string_view text, const std::array<Words, n>& all) {
    const auto found = std::ranges::find_if(
        all, [text](const Words& words) { return text.contains(words.first); });
    return found == all.end() ? std::string_view() : found->second;
}

/// A JSON member that is a text, or null where it is empty.
std::string text_or_null(std::string_view text) {
    return text.empty() ? "null" : http::json_string(text);
}

std::string list_json(const std::vector<std::string_view>& texts) {
    std::string list;
    for (const std::string_view text : texts) {
        list += (list.empty() ? "" : ",") + http::json_string(text);
    }
    return "[" + list + "]";
}

/// The members that haven_use_factor takes, with a comma behind them.
std::string proof_json(const std::optional<Proof>& proof) {
    if (!proof) {
        return "";
    }
    const std::string id = to_string(proof->factor_id);
    return proof->step
               ? std::format(R"("factor_id":"{}","step":{},)", id, *proof->step)
               : std::format(R"("factor_id":"{}","recovery_hash":"{}",)", id, proof->recovery_hash);
}

/// The same of where the token is kept and which it replaces, for haven_open_family and
/// token_log_in.
std::string kept_json(const Terms& terms) {
    return (terms.in_cookie ? R"("in_cookie":true,)" : "") +
           (terms.replaces ? std::format(R"("replaces":"{}",)", http::hexadecimal(*terms.replaces))
                           : "");
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        words.push_back(text.substr(0, text.find(' ')));
        text.remove_prefix(std::min(text.size(), words.back().size() + 1));
    }
    return words;
}

} // namespace

std::string client_name(std::string_view user_agent) {
    if (const std::string_view browser = first_in(user_agent, browsers); !browser.empty()) {
        const std::string_view system = first_in(user_agent, systems);
        return system.empty() ? std::string(browser) : std::format("{} on {}", browser, system);
    }
    // Not more than the first product: NAME/VERSION.
    std::string product = device_name_of(user_agent.substr(0, user_agent.find(' ')));
    std::ranges::replace(product, '/', ' ');
    return product;
}

std::string device_name_of(std::string_view said) {
    std::string name = text::name_of(said).value_or("");
    if (api::utf8_length(name) > name_size_max) {
        name = http::storable_text(name, name_size_max);
    }
    return name;
}

std::string terms_json(const http::Exchange& exchange, const Terms& terms) {
    const ServerConfig& config = exchange.services.config;
    const Lifetimes lifetimes = lifetimes_of(config, terms);
    const std::string client = client_name(exchange.request.head.user_agent);
    const std::string name = device_name_of(terms.device_name);
    return std::format(
        R"({{"bearer":"{}","bearer_id":"{}","came_by":"{}","client":{},"device_name":{},)"
        R"("scopes":{},"factors":{},{}{}"token_seconds":{},)"
        R"("idle_seconds":{},"family_seconds":{}}})",
        store::to_string(terms.bearer), to_string(terms.bearer_id),
        terms.came_by == CameBy::device ? "device" : "password", text_or_null(client),
        text_or_null(name.empty() ? client : name), list_json(words_of(to_string(terms.scopes))),
        list_json(terms.factors), proof_json(terms.proof), kept_json(terms),
        terms.in_cookie ? lifetimes.family.count() : config.token_lifetime.count(),
        lifetimes.idle.count(), lifetimes.family.count());
}

http::Response token_answer(const http::Exchange& exchange, int status, const TokenPair& tokens,
                            std::string_view granted) {
    exchange.services.rates.token_is_good(tokens.access.text, http::RateLimit::Clock::now());
    http::JsonMembers answer(granted);
    answer.remove("family_id");
    answer.set("access_token", tokens.access.text);
    answer.set("token_type", "Bearer");
    answer.set("refresh_token", tokens.refresh.text);
    http::Response response = http::json(status, answer.json());
    response.headers.emplace_back("Pragma", "no-cache");
    return response;
}

} // namespace haven::auth
