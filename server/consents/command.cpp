#include "server/consents/command.hpp"

#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "server/clinicians/command_line.hpp"
#include "server/config.hpp"
#include "server/http/contract.hpp"
#include "server/http/message.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/http/schema.hpp"
#include "server/http/storable.hpp"
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_consents.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <format>
#include <fstream>
#include <iostream>
#include <iterator>
#include <print>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace haven::commands {

const std::string_view consent_text_usage =
    R"(usage: haven-server consent-text add MATTER VERSION --text LANGUAGE=FILE [--text ...]
           [--valid-from TIME] [--asks-anew [--renew-by TIME]] [--yes] [OPTIONS]
       haven-server consent-text list [OPTIONS]

add puts in the words of a consent, VERSION of MATTER, which people see and agree to from then on.
Shows first what changes and for how many people, and asks. What was put in is never changed or
taken out again: a mistake is mended by the next version.

MATTER            data_processing, marketing, emergency_contact, research or motion_trace
VERSION           a name of its own, such as v3.0: letters, digits, . _ and -, 20 at most
--text            the words in a language (de, de-AT), from a file in UTF-8, 20000 characters at
                  most; one in English (en) has to be among them, which is shown to people for
                  whose language there is none
--valid-from      when it comes into force, in UTC: 2027-01-01T00:00:00Z. At once where it is left
                  out; within two years; after every other version of the matter
--asks-anew       who agreed to an older version is asked again; until they answer nothing stops
--renew-by        from when on an older yes does not count any more: two weeks after it begins at
                  the earliest. For data_processing nothing more is kept of who has not agreed
                  by then
--yes             do not ask. Needed where there is no terminal

list shows a line for each version: its matter and name, when it begins, whether it is in force,
whom it asks anew, its languages.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

namespace {

using Failure = std::unexpected<std::string>;
using Done = std::expected<void, std::string>;

constexpr std::size_t file_bytes_max = std::size_t{1} << 20U;

struct Words {
    std::string language;
    std::string file;
    std::string text;
};

std::expected<std::vector<Words>, std::string> read_texts(const Told& told) {
    std::vector<Words> all;
    std::istringstream lines(told.text("--text"));
    for (std::string one; std::getline(lines, one);) {
        const std::size_t at = one.find('=');
        if (at == std::string::npos || at == 0 || at + 1 == one.size()) {
            return Failure("--text wants LANGUAGE=FILE, such as en=research.en.txt");
        }
        Words words{.language = one.substr(0, at), .file = one.substr(at + 1), .text = {}};
        std::ifstream file(words.file, std::ios::binary);
        words.text.assign(std::istreambuf_iterator<char>(file), {});
        if (!file.is_open() || file.bad() || words.text.size() > file_bytes_max) {
            return Failure(
                std::format("{} cannot be read, or has more than a megabyte", words.file));
        }
        if (words.text.starts_with("\xEF\xBB\xBF")) {
            words.text.erase(0, 3);
        }
        words.text.erase(words.text.find_last_not_of(" \t\r\n") + 1);
        if (!http::is_storable(words.text)) {
            return Failure(words.file + " is not text in UTF-8");
        }
        all.push_back(std::move(words));
    }
    return all.empty() ? std::expected<std::vector<Words>, std::string>(
                             Failure("--text wants LANGUAGE=FILE, once for each language"))
                       : all;
}

/// What a supervisor would send for it.
std::string body_of(const Told& told, const std::vector<Words>& texts) {
    const std::string now = std::format("{:%FT%TZ}", std::chrono::floor<std::chrono::milliseconds>(
                                                         std::chrono::system_clock::now()));
    std::string json = std::format(R"({{"valid_from":{},"asks_anew":{},)",
                                   http::json_string(told.text("--valid-from", now)),
                                   told.flags.contains("--asks-anew"));
    if (told.flags.contains("--renew-by")) {
        json += std::format(R"("renew_by":{},)", http::json_string(told.text("--renew-by")));
    }
    json += R"("texts":[)";
    for (const Words& words : texts) {
        json +=
            std::format(R"({}{{"language":{},"consent_text":{}}})", json.ends_with('[') ? "" : ",",
                        http::json_string(words.language), http::json_string(words.text));
    }
    return json + "]}";
}

/// A place of the body, as who typed it knows it.
std::string place_of(std::string_view pointer, const std::vector<Words>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string here = std::format("/texts/{}", i);
        if (pointer == here + "/language") {
            return std::format("the language {}", texts[i].language);
        }
        if (pointer == here || pointer == here + "/consent_text") {
            return texts[i].file;
        }
    }
    return pointer == "/valid_from" ? "--valid-from"
           : pointer == "/renew_by" ? "--renew-by"
                                    : "--text";
}

/// Held against the API's description, as what a supervisor sends is: in its one spelling.
std::expected<std::string, std::string> checked(const std::string& body,
                                                const std::vector<Words>& texts) {
    const auto canonical = api::canonical_json(body);
    if (!canonical) {
        return Failure(std::format("{} {}", place_of(canonical.error().pointer, texts),
                                   canonical.error().detail));
    }
    const auto contract = http::Contract::read(http::openapi_json());
    const auto route = std::ranges::find_if(http::api_routes(), [](const http::Route& one) {
        return one.method == http::Method::put &&
               one.path == "/v1/consent-texts/{consent_type}/{consent_version}";
    });
    const http::OperationContract* const operation =
        contract && route != http::api_routes().end() ? contract->find(*route) : nullptr;
    if (operation == nullptr || operation->body == nullptr) {
        return Failure("this program does not know its own description");
    }
    auto good = http::check_body(*operation->body, *canonical);
    if (!good) {
        const api::BodyError& error = good.error().front();
        return Failure(std::format("{} {}", place_of(error.pointer, texts), error.detail));
    }
    return std::move(*good);
}

/// In the transaction: its status, 200 or 201, or why it is refused.
std::expected<std::int32_t, std::string> put(store::Connection& database, const Told& told,
                                             const std::string& body,
                                             const std::vector<Words>& texts) {
    const store::Outcome<store::Rows> rows =
        database.query(sql::consents::command_put_text.sql, told.word(1), told.word(2), body);
    if (!rows) {
        return Failure(store::describe(rows.error()));
    }
    const store::Row row = rows->front();
    const auto status = row.get<std::int32_t>("status");
    const auto detail = row.get<std::string>("detail");
    switch (status) {
    case 200:
    case 201:
        return status;
    case 404:
        return Failure("there is no such matter, or no version may have such a name: see --help");
    case 409:
        return Failure(std::format("{} {} is there with other words or times: {}", told.word(1),
                                   told.word(2), detail));
    default:
        return Failure(
            std::format("{} {}", place_of(row.get<std::string>("pointer"), texts), detail));
    }
}

/// What will be, of a version that this transaction has put in.
Done show_change(store::Connection& database, const Told& told) {
    const store::Outcome<store::Rows> rows =
        database.query(sql::consents::command_change.sql, told.word(1), told.word(2));
    if (!rows) {
        return Failure(store::describe(rows.error()));
    }
    const store::Row row = rows->front();
    const auto before = row.get<std::string>("before");
    const auto renew_by = row.get<std::string>("renew_by");
    std::println("{} {}, in {}", told.word(1), told.word(2),
                 row.get<std::string_view>("languages"));
    std::println("begins {}, {}", row.get<std::string_view>("begins"),
                 before.empty() ? "the first of its matter" : "in place of " + before);
    if (const auto missing = row.get<std::string>("missing"); !missing.empty()) {
        std::println("{} is also in {}: who reads that will be shown English", before, missing);
    }
    std::println("{} people have agreed to an older version: {}", row.get<std::int64_t>("people"),
                 !row.get<bool>("asks_anew") ? "they are not asked again"
                 : renew_by.empty()
                     ? "they are asked again, and their yes goes on counting"
                     : "they are asked again, and their yes counts until " + renew_by);
    std::println("It cannot be changed or taken out again.");
    return {};
}

Done ask(const Told& told) {
    if (told.flags.contains("--yes")) {
        return {};
    }
    if (::isatty(STDIN_FILENO) == 0) {
        return Failure("nothing was put in: say --yes where there is no terminal");
    }
    std::print(stderr, "Put it in? [y/N] ");
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes" ? Done() : Failure("nothing was put in");
}

Done add(const Told& told, const ServerConfig& config) {
    const auto texts = read_texts(told);
    if (!texts) {
        return Failure(texts.error());
    }
    const auto body = checked(body_of(told, *texts), *texts);
    if (!body) {
        return Failure(body.error());
    }
    { // what would be, which is rolled back: nobody waits while a person reads
        auto trial = open_database(config);
        if (!trial) {
            return Failure(trial.error());
        }
        const auto status = put(*trial, told, *body, *texts);
        if (!status) {
            return Failure(status.error());
        }
        if (*status == 200) {
            std::println("{} {} is there already, with the same words", told.word(1), told.word(2));
            return {};
        }
        if (auto shown = show_change(*trial, told); !shown) {
            return shown;
        }
    }
    if (auto agreed = ask(told); !agreed) {
        return agreed;
    }
    auto database = open_database(config);
    if (!database) {
        return Failure(database.error());
    }
    if (const auto status = put(*database, told, *body, *texts); !status) {
        return Failure(status.error());
    }
    if (const auto committed = database->execute("COMMIT"); !committed) {
        return Failure(store::describe(committed.error()));
    }
    std::println("{} {} was put in", told.word(1), told.word(2));
    return {};
}

Done list(const ServerConfig& config) {
    auto database = open_database(config);
    if (!database) {
        return Failure(database.error());
    }
    const store::Outcome<store::Rows> rows = database->query(sql::consents::command_list_texts.sql);
    if (!rows) {
        return Failure(store::describe(rows.error()));
    }
    for (const store::Row row : *rows) {
        std::println("{} {}: {}, {}, {}, {}", row.get<std::string_view>("consent_type"),
                     row.get<std::string_view>("consent_version"),
                     row.get<std::string_view>("begins"), row.get<std::string_view>("standing"),
                     row.get<std::string_view>("asks"), row.get<std::string_view>("languages"));
    }
    return {};
}

} // namespace

std::expected<void, std::string> consent_text(const Told& told, const ServerConfig& config) {
    if (told.word(0) == "list" && told.words.size() == 1 && told.flags.empty()) {
        return list(config);
    }
    if (told.word(0) == "add" && told.words.size() == 3) {
        return add(told, config);
    }
    return Failure("wants `add MATTER VERSION --text LANGUAGE=FILE`, or `list`: see --help");
}

} // namespace haven::commands
