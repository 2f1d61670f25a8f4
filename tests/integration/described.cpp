#include "tests/integration/described.hpp"

#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "server/http/json_value.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/http/schema.hpp"
#include "tests/integration/http_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <format>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::test {
namespace {

using http::Schema;

constexpr std::string_view problem_type = "application/problem+json";
constexpr std::size_t shown_bytes_max = 2000;

std::atomic<int> bodies_passed_over = 0;

std::string lower(std::string text) {
    for (char& letter : text) {
        letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return text;
}

/// Makes schemas whose objects hold no other members than they list.
class Closer {
  public:
    /// Of a whole value.
    const Schema* closed(const Schema& schema) {
        return made(schema, whole_, [this](const Schema& from, Schema& to) {
            if (lists_members(from) && to.unevaluated == nullptr) {
                to.unevaluated = &nothing_;
            }
        });
    }

  private:
    using Made = std::unordered_map<const Schema*, const Schema*>;

    /// What is said beside other schemas of the same value: these name members, too.
    const Schema* part(const Schema& schema) {
        return made(schema, parts_, [](const Schema&, Schema&) {});
    }

    template <typename End>
    const Schema* made(const Schema& schema, Made& known, const End& end) {
        if (const auto found = known.find(&schema); found != known.end()) {
            return found->second;
        }
        auto copy = std::make_unique<Schema>(schema);
        Schema& to = *copy;
        pool_.push_back(std::move(copy));
        known[&schema] = &to; // before what is in it, which may point to it
        for (auto& [name, below] : to.properties) {
            below = closed(*below);
        }
        for (const Schema** below : {&to.items, &to.others}) {
            *below = *below == nullptr ? nullptr : closed(**below);
        }
        for (auto* const parts : {&to.all_of, &to.any_of, &to.one_of}) {
            for (const Schema*& below : *parts) {
                below = part(*below);
            }
        }
        end(schema, to);
        return &to;
    }

    static bool lists_members(const Schema& schema) {
        const auto in_parts = [](const std::vector<const Schema*>& parts) {
            return std::ranges::any_of(parts,
                                       [](const Schema* below) { return lists_members(*below); });
        };
        return !schema.properties.empty() || in_parts(schema.all_of) || in_parts(schema.any_of) ||
               in_parts(schema.one_of);
    }

    const Schema nothing_{.never = true};
    http::SchemaPool pool_;
    Made whole_;
    Made parts_;
};

/// An answer's media types, each with the schema of its body; none: it has no body.
using Content = std::map<std::string, const Schema*, std::less<>>;

/// The document, as far as it is about answers.
class Description {
  public:
    Description() : document_(http::read_json(http::openapi_json())), reader_(root()) {
        yyjson_obj_iter paths = yyjson_obj_iter_with(yyjson_obj_get(root(), "paths"));
        while (yyjson_val* path = yyjson_obj_iter_next(&paths)) {
            yyjson_obj_iter members = yyjson_obj_iter_with(yyjson_obj_iter_get_val(path));
            while (yyjson_val* method = yyjson_obj_iter_next(&members)) {
                add(std::format("{} {}", http::text_of(method), http::text_of(path)),
                    yyjson_obj_get(yyjson_obj_iter_get_val(method), "responses"));
            }
        }
        of_nothing_ = {{std::string(problem_type),
                        schema_of(yyjson_ptr_get(root(), "/components/schemas/Problem"),
                                  "components/schemas/Problem")}};
    }

    /// "get /v1/sessions/{id}" to its statuses; 0 is "default".
    [[nodiscard]] const std::map<int, Content>* find(const std::string& operation) const {
        const auto found = operations_.find(operation);
        return found == operations_.end() ? nullptr : &found->second;
    }
    /// Of what is answered where there is no operation.
    [[nodiscard]] const Content& of_nothing() const { return of_nothing_; }

  private:
    [[nodiscard]] yyjson_val* root() const { return yyjson_doc_get_root(document_.get()); }

    void add(const std::string& operation, yyjson_val* responses) {
        yyjson_obj_iter each = yyjson_obj_iter_with(responses);
        while (yyjson_val* status = yyjson_obj_iter_next(&each)) {
            const std::string_view said = http::text_of(status);
            int number = 0; // of "default"
            std::from_chars(said.data(), said.data() + said.size(), number);
            operations_[operation][number] =
                content_of(yyjson_obj_iter_get_val(status), std::format("{} {}", operation, said));
        }
    }

    Content content_of(yyjson_val* response, const std::string& where) {
        Content content;
        yyjson_obj_iter types =
            yyjson_obj_iter_with(yyjson_obj_get(reader_.resolve(response), "content"));
        while (yyjson_val* type = yyjson_obj_iter_next(&types)) {
            const std::string_view name = http::text_of(type);
            const Schema*& schema = content[std::string(name)];
            if (!name.ends_with("json")) {
                continue; // bytes
            }
            schema = schema_of(yyjson_obj_get(yyjson_obj_iter_get_val(type), "schema"), where);
        }
        return content;
    }

    const Schema* schema_of(yyjson_val* schema, const std::string& where) {
        const auto read = reader_.read(schema, where);
        if (!read) {
            throw std::runtime_error(read.error());
        }
        return closer_.closed(**read);
    }

    http::JsonDocument document_;
    http::SchemaReader reader_;
    Closer closer_;
    std::map<std::string, std::map<int, Content>> operations_;
    Content of_nothing_;
};

const Description& description() {
    static const Description read;
    return read;
}

std::vector<std::string> faults_of_json(const Schema& schema, const std::string& body) {
    const auto spelled = api::canonical_json(body);
    if (!spelled) {
        return {std::format("{}: {}", spelled.error().pointer, spelled.error().detail)};
    }
    const auto checked = http::check_body(schema, *spelled);
    std::vector<std::string> faults;
    if (!checked) {
        for (const api::BodyError& error : checked.error()) {
            faults.push_back(std::format("{}: {}", error.pointer, error.detail));
        }
    } else if (*checked != *spelled) {
        const auto at = static_cast<std::size_t>(std::ranges::mismatch(*checked, *spelled).in1 -
                                                 checked->begin());
        const std::size_t from = at - std::min<std::size_t>(at, 40);
        faults.push_back(
            std::format("a time, id or name is not in its one spelling: `{}`, not `{}`",
                        checked->substr(from, 80), spelled->substr(from, 80)));
    }
    return faults;
}

std::string joined(const Content& content) {
    std::string names;
    for (const auto& [name, schema] : content) {
        names += (names.empty() ? "" : " or ") + name;
    }
    return names;
}

std::vector<std::string> faults_of_body(const Content& content, const Reply& reply) {
    const auto field = reply.headers.find("content-type");
    const std::string type =
        field == reply.headers.end() ? "" : field->second.substr(0, field->second.find(';'));
    if (content.empty()) {
        return reply.body.empty() && type.empty()
                   ? std::vector<std::string>{}
                   : std::vector{std::format("{} bytes of `{}`, where no body is described",
                                             reply.body.size(), type)};
    }
    const auto said = content.find(lower(type));
    if (said == content.end()) {
        return {std::format("the media type is `{}`, not {}", type, joined(content))};
    }
    if (reply.body.empty()) {
        return {"there is no body, where one is described"};
    }
    if (said->second == nullptr) {
        return {};
    }
    std::vector<std::string> faults = faults_of_json(*said->second, reply.body);
    if (said->first == problem_type && reply.member("status") != std::to_string(reply.status)) {
        faults.push_back(std::format("/status: must be {}", reply.status));
    }
    return faults;
}

} // namespace

std::set<int> described_statuses(const std::string& method, const std::string& route) {
    std::set<int> statuses;
    if (const auto* const said = description().find(lower(method) + " " + route)) {
        for (const auto& [status, content] : *said) {
            statuses.insert(status);
        }
    }
    return statuses;
}

bool is_of_http(int status) {
    return std::ranges::contains(std::array{405, 408, 411, 417, 431, 500, 501}, status);
}

std::vector<std::string> faults_of_answer(const std::string& method, const std::string& path,
                                          const Reply& reply) {
    const auto match = http::find_route(http::api_routes(), method, path.substr(0, path.find('?')));
    if (reply.status == 0 || (match && !match->route->path.starts_with("/v1/") &&
                              !match->route->path.starts_with("/oauth/"))) {
        return {};
    }
    if (!match) { // also what is no part of the API
        return reply.status < 400 ? std::vector<std::string>{}
                                  : faults_of_body(description().of_nothing(), reply);
    }
    const auto* const said =
        description().find(std::format("{} {}", lower(method), match->route->path));
    if (said == nullptr) {
        return {"the operation is not described"};
    }
    const auto found = said->find(is_of_http(reply.status) ? 0 : reply.status);
    if (found == said->end()) {
        return {"the status is not described"};
    }
    return bodies_passed_over > 0 && reply.status < 400 ? std::vector<std::string>{}
                                                        : faults_of_body(found->second, reply);
}

void expect_described(const std::string& method, const std::string& path, const Reply& reply) {
    for (const std::string& fault : faults_of_answer(method, path, reply)) {
        const auto match =
            http::find_route(http::api_routes(), method, path.substr(0, path.find('?')));
        ADD_FAILURE() << method << " " << (match ? match->route->path : path) << " answered "
                      << reply.status << ", which is not as described: " << fault << "\n"
                      << reply.body.substr(0, shown_bytes_max);
    }
}

BodiesPassedOver::BodiesPassedOver() {
    ++bodies_passed_over;
}

BodiesPassedOver::~BodiesPassedOver() {
    --bodies_passed_over;
}

} // namespace haven::test
