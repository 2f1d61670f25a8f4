#pragma once

#include "tests/attack/api_document.hpp"
#include "tests/attack/fuzz_world.hpp"
#include "tests/attack/made_values.hpp"
#include "tests/integration/http_fixture.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Requests made from the served document, for every kind of who may ask: what comes back is held
/// against the document, and against what may never be.
namespace haven::test {

struct FuzzRequest {
    std::size_t number = 0; ///< from 1
    const ApiOperation* operation = nullptr;
    FuzzActor* actor = nullptr;
    std::size_t subject = 0; ///< the person it is about
    std::string path;
    std::string path_id; ///< what stood at {id}
    std::string body;
    std::vector<std::string> headers;
    Expected expected = Expected::anything;
    bool of_the_whole = false;
    bool off_route = false; ///< the path has the form of none
};

struct FuzzReport {
    std::size_t requests = 0;
    std::map<int, std::size_t> statuses;
    std::set<std::string> succeeded; ///< operations that answered with success at least once
    std::vector<std::string> faults; ///< each with what repeats it; the first ones
    std::size_t faults_in_all = 0;
};

/// Makes requests. The same for the same seed, as far as the answers are.
class RequestMaker {
  public:
    RequestMaker(const ApiDocument& document, FuzzWorld& world, Dice& dice)
        : document_(document), world_(world), dice_(dice), values_(document, dice) {}

    [[nodiscard]] FuzzRequest make(std::size_t number);
    /// A cursor that an answer gave.
    void learn_cursor(const std::string& cursor);
    /// The request was not for who asked: it is made less often from now on.
    void learn_refused(const FuzzRequest& request);

  private:
    [[nodiscard]] FuzzActor& pick_actor(const ApiOperation& operation);
    [[nodiscard]] Subject subject_of(const FuzzRequest& request);
    void add_path(FuzzRequest& request, const Subject& subject);
    [[nodiscard]] std::string place(const FuzzRequest& request, const std::string& name,
                                    const Subject& subject);
    [[nodiscard]] std::string path_id(const FuzzRequest& request);
    void add_query(FuzzRequest& request, const Subject& subject);
    void add_body(FuzzRequest& request, const Subject& subject);
    void add_octets(FuzzRequest& request);
    void add_form(FuzzRequest& request);

    const ApiDocument& document_;
    FuzzWorld& world_;
    Dice& dice_;
    ValueMaker values_;
    std::vector<std::string> cursors_{"eyJ4IjoxfQ"};
    std::set<std::string> refused_; ///< "operation actor"
};

/// The server needs `trusted_proxies` with 127.0.0.0/8 and rates that nobody reaches
/// (fuzz_config()).
[[nodiscard]] FuzzReport fuzz(const TestServer& server, std::uint64_t seed, std::size_t requests);
[[nodiscard]] ServerConfig fuzz_config(const TempDirectory& directory);

/// For people: how many of which status, and what was wrong.
[[nodiscard]] std::string summary(const FuzzReport& report);

} // namespace haven::test
