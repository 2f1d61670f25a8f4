#include "server/http/form.hpp"

#include "server/http/message.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::http {

std::optional<Form> Form::parse(std::string_view body) {
    Form form;
    while (!body.empty()) {
        const std::string_view pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = percent_decode(pair.substr(0, equals));
        auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value || name->empty() ||
            std::ranges::contains(form.fields_, *name,
                                  &std::pair<std::string, std::string>::first)) {
            return std::nullopt;
        }
        form.fields_.emplace_back(std::move(*name), std::move(*value));
    }
    return form;
}

std::optional<std::string_view> Form::value(std::string_view name) const {
    const auto found =
        std::ranges::find(fields_, name, &std::pair<std::string, std::string>::first);
    if (found == fields_.end() || found->second.empty()) {
        return std::nullopt;
    }
    return found->second;
}

} // namespace haven::http
