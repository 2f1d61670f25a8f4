#include "server/web/web.hpp"

#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <haven/web_files.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <array>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::web {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

namespace {

using TypeOfEnding = std::pair<std::string_view, std::string_view>;
constexpr std::array<TypeOfEnding, 3> asset_types{{{".css", "text/css; charset=utf-8"},
                                                   {".js", "text/javascript; charset=utf-8"},
                                                   {".svg", "image/svg+xml"}}};

const File* find(std::string_view name) {
    const auto* const found = std::ranges::find(files, name, &File::name);
    return found == files.end() ? nullptr : found;
}

/// Never kept: an address may have a code in it.
asio::awaitable<Answer> page(Exchange& exchange) {
    const std::string_view path = exchange.request.route->path;
    const std::string name = path == "/" ? "home" : std::string(path.substr(1));
    const File* const file = find(name + ".html");
    if (file == nullptr) {
        co_return std::unexpected(http::not_found());
    }
    co_return http::Response{.status = 200,
                             .content_type = "text/html; charset=utf-8",
                             .body = {},
                             .headers = {{"Cache-Control", "no-store"}},
                             .constant_body = file->text};
}

/// Kept, and asked for each time whether it is still that.
asio::awaitable<Answer> asset(Exchange& exchange) {
    const std::string_view name = exchange.request.parameters.front();
    const auto* const type = std::ranges::find_if(
        asset_types, [name](const TypeOfEnding& one) { return name.ends_with(one.first); });
    const File* const file = find(name);
    if (type == asset_types.end() || file == nullptr) {
        co_return std::unexpected(http::not_found());
    }
    co_return http::Response{
        .status = 200,
        .content_type = std::string(type->second),
        .body = {},
        .headers = {{"Cache-Control", "no-cache"}, {"ETag", std::string(file->etag)}},
        .constant_body = file->text};
}

using enum http::Method;
constexpr http::Policy open_page = http::Policy::open("page");

constexpr std::array table{
    http::Route{get, "/", open_page, http::no_body, page},
    http::Route{get, "/log-in", open_page, http::no_body, page},
    http::Route{get, "/link", open_page, http::no_body, page},
    http::Route{get, "/verification", open_page, http::no_body, page},
    http::Route{get, "/address", open_page, http::no_body, page},
    http::Route{get, "/reset", open_page, http::no_body, page},
    http::Route{get, "/invitation", open_page, http::no_body, page},
    http::Route{get, "/factor-reset", open_page, http::no_body, page},
    http::Route{get, "/factor-reset-asked", open_page, http::no_body, page},
    http::Route{get, "/assets/{name}", open_page, http::no_body, asset},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::web
