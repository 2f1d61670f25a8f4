#pragma once

#include "server/store/connection.hpp"
#include "tests/attack/fuzz.hpp"
#include "tests/integration/http_client.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {

/// Holds an answer against what every answer must be, whatever was asked.
class FuzzJudge {
  public:
    FuzzJudge(const std::string& database_url, const FuzzWorld& world);

    /// What is wrong with the answer, in words. Reads the audit rows that came since the last call.
    [[nodiscard]] std::vector<std::string> faults_of(const FuzzRequest& request,
                                                     const Reply& reply);
    /// What was done beside the requests leaves rows that are not theirs.
    void pass_over_rows();
    /// At the end: sums, sequences, rows.
    [[nodiscard]] std::vector<std::string> faults_of_totals();

  private:
    struct AuditRow {
        std::string request_id;
        std::string user_id;
        std::string actor_id;
        std::int32_t status = 0;
    };

    void judge_form(const FuzzRequest& request, const Reply& reply);
    void judge_problem(const FuzzRequest& request, const Reply& reply);
    void judge_privacy(const FuzzRequest& request, const Reply& reply);
    void judge_audit(const FuzzRequest& request, const Reply& reply);
    [[nodiscard]] bool may_see(const FuzzActor& actor, std::size_t person);
    [[nodiscard]] std::vector<AuditRow> new_rows();
    [[nodiscard]] std::int64_t number(const std::string& sql);
    void fault(std::string text) { faults_.push_back(std::move(text)); }

    store::Connection connection_;
    const FuzzWorld& world_;
    std::int64_t last_row_ = 0;
    std::map<std::string, std::int64_t> rows_before_; ///< by table
    std::map<std::string, std::int64_t> created_;     ///< 201 answered, by table
    /// Who has asked for whom by their id, and finds it in the record of what they asked.
    std::set<std::pair<std::string, std::string>> asked_for_;
    std::vector<std::string> faults_;
};

} // namespace haven::test
