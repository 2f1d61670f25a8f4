#include "server/http/message.hpp"

#include "net/api/utf8.hpp"
#include "server/http/storable.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace haven::http {

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i] == '+' ? ' ' : text[i]);
            continue;
        }
        if (i + 2 >= text.size()) {
            return std::nullopt;
        }
        unsigned value = 0;
        const char* end = text.data() + i + 3;
        const auto parsed = std::from_chars(text.data() + i + 1, end, value, 16);
        if (parsed.ec != std::errc{} || parsed.ptr != end) {
            return std::nullopt;
        }
        decoded.push_back(static_cast<char>(value));
        i += 2;
    }
    return is_storable(decoded) ? std::optional(std::move(decoded)) : std::nullopt;
}

std::string_view to_string(Method method) {
    switch (method) {
    case Method::get:
        return "GET";
    case Method::put:
        return "PUT";
    case Method::post:
        return "POST";
    case Method::remove:
        return "DELETE";
    case Method::patch:
        return "PATCH";
    }
    std::unreachable();
}

std::optional<Method> parse_method(std::string_view name) {
    for (const Method method :
         {Method::get, Method::put, Method::post, Method::remove, Method::patch}) {
        if (name == to_string(method)) {
            return method;
        }
    }
    return std::nullopt;
}

Response json(int status, std::string body) {
    return {.status = status,
            .content_type = "application/json",
            .body = std::move(body),
            .headers = {{"Cache-Control", "no-store"}}};
}

Response no_content() {
    return {.status = 204};
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) == name) {
            const bool has_value = equals != std::string_view::npos;
            return percent_decode(has_value ? pair.substr(equals + 1) : std::string_view{});
        }
    }
    return std::nullopt;
}

std::string json_string(std::string_view text) {
    std::string quoted = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::size_t size = api::utf8_size_at(text, i);
        if (size != 1) {
            quoted += size == 0 ? std::string_view("\\ufffd") : text.substr(i, size);
            i += size == 0 ? 0 : size - 1;
        } else if (c == '"' || c == '\\') {
            quoted += {'\\', c};
        } else if (static_cast<unsigned char>(c) < 0x20U) {
            quoted += std::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            quoted.push_back(c);
        }
    }
    quoted.push_back('"');
    return quoted;
}

} // namespace haven::http
