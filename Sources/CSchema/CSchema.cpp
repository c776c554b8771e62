#include "CSchema.h"
#include <cstdio>
#include <regex>

/* libstdc++ matches by recursion, one level for each byte of the text, and by backtracking, which is exponential with
   some patterns. Its other algorithm does neither. It has no back references, and neither do the patterns of Go. */
namespace std {
  struct linear_regex : basic_regex<char> {
    linear_regex(const string &pattern) {
      /* A pattern that it cannot read matches everything; cschema_reads reports it. */
      try {
        assign(pattern, regex_constants::ECMAScript | regex_constants::__polynomial);
      } catch (const regex_error &) {
        assign("");
      }
    }
  };
}
#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#define regex linear_regex
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

int cschema_reads(const char *pattern) {
  try {
    std::basic_regex<char>(pattern, std::regex_constants::ECMAScript | std::regex_constants::__polynomial);
    return 1;
  } catch (const std::exception &) { return 0; }
}

int cschema_validate(
    const char *schema_text, size_t schema_count, const char *value_text, size_t value_count, cschema_visit visit,
    void *context, char *error, size_t error_count) {
  try {
    auto document = nlohmann::json::parse(schema_text, schema_text + schema_count);
    auto value = nlohmann::json::parse(value_text, value_text + value_count);
    valijson::Schema schema;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schema);
    valijson::Validator validator;
    valijson::ValidationResults results;
    validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(value), &results);
    for (const auto &found : results) {
      /* The same once more, for each object and list around it. */
      if (found.description.rfind("Failed to validate against schema associated with property name", 0) == 0) continue;
      if (found.description.rfind("Failed to validate item #", 0) == 0) continue;
      std::vector<std::string> steps;
      std::vector<const char *> pointers;
      for (const auto &step : found.context)
        if (step.size() >= 2 && step.front() == '[') steps.push_back(step.substr(1, step.size() - 2));
      for (const auto &step : steps) pointers.push_back(step.c_str());
      visit(context, pointers.data(), pointers.size(), found.description.c_str());
    }
    return 0;
  } catch (const std::exception &exception) {
    std::snprintf(error, error_count, "%s", exception.what());
    return -1;
  }
}
