"""The registry: every signal there is, in one table. A new one is a small function, its words, and a line here."""

from __future__ import annotations

from evidence.signals.abstraction import (
    LEARNING_PACKAGE_EVERYWHERE,
    SEVERAL_FRAMEWORKS,
    SEVERAL_LANGUAGES,
    TRAINING_AT_TOP_LEVEL,
    TRANSFORMER_OUTSIDE_PIPELINE,
)
from evidence.signals.admitted import ADMITTED_DEBT
from evidence.signals.checking import (
    DATA_TESTS_PRESENT,
    KNOWN_ANSWERS_TESTED,
    MODEL_QUALITY_TESTED,
    SETTINGS_COPIED,
    SETTINGS_TESTED,
)
from evidence.signals.configuration import (
    CONFIG_LITERALS_IN_CODE,
    CONFIG_WITHOUT_SCHEMA,
    ENV_READS_SCATTERED,
    SECRETS_IN_CODE,
)
from evidence.signals.data import (
    ABSOLUTE_PATHS,
    DATA_CHECKS_PRESENT,
    DATA_VERSION_RECORDED,
    LARGE_DATA_IN_REPOSITORY,
    SPLIT_AFTER_FIT,
    UNVERSIONED_REMOTE_DATA,
)
from evidence.signals.dependencies import (
    BASE_IMAGE_FLOATING,
    DEVELOPMENT_IN_PRODUCTION,
    UNDECLARED_IMPORTS,
    UNUSED_DEPENDENCIES,
    UPGRADE_BOT_PRESENT,
)
from evidence.signals.detector import Detector
from evidence.signals.entanglement import FEATURE_LISTS_REPEATED, IMPORT_CYCLE, MODELS_CHAINED, SHARED_OUTPUT_PATHS
from evidence.signals.feedback import EXPLORATION_PRESENT, MODEL_OUTPUT_FEEDS_TRAINING, PREDICTION_LOG_WITHOUT_VERSION
from evidence.signals.foundation import (
    ANSWER_PARSED_UNCHECKED,
    ANSWERS_EVALUATED,
    FLOATING_MODEL_ALIAS,
    MODEL_CALL_UNBOUNDED,
    PROMPT_IN_CODE,
)
from evidence.signals.glue import COMPLEX_FUNCTIONS, DUPLICATED_FUNCTIONS, FRAGILE_TABLE_CODE, JOINS_LEFT_TO_DEFAULTS
from evidence.signals.monitoring import BROAD_EXCEPT, MONITORING_TOOL_USED, PRINT_INSTEAD_OF_LOGGING
from evidence.signals.notebooks import (
    NOTEBOOK_CELLS_BROKEN,
    NOTEBOOK_ERRORS_KEPT,
    NOTEBOOK_HIDDEN_STATE,
    NOTEBOOK_OUTPUTS_KEPT,
    NOTEBOOKS_TOO_LONG,
)
from evidence.signals.ownership import (
    ALERT_RULES_KEPT,
    CHANGE_FORM_PRESENT,
    DECISIONS_RECORDED,
    MODEL_CARD_PRESENT,
    OWNERS_NAMED,
    RISK_ASSESSMENT_PRESENT,
    RUNBOOK_PRESENT,
)
from evidence.signals.pipelines import (
    COMMENTED_OUT_CODE,
    FILES_HANDED_ON,
    SEVERAL_ORCHESTRATORS,
    STALE_COPIES,
    SWITCHED_OFF_CODE,
    UNREFERENCED_MODULES,
)
from evidence.signals.process import (
    ADMITTED_DEBT_LEFT,
    COMPLEX_FILES_CHANGE_OFTEN,
    FILES_CHANGE_TOGETHER,
    USED_BUT_UNTOUCHED,
    WORK_RESTS_ON_FEW,
)
from evidence.signals.reproducibility import (
    DETERMINISM_ASKED_FOR,
    ENVIRONMENT_DESCRIBED,
    EXPERIMENTS_TRACKED,
    MODEL_FILES_IN_REPOSITORY,
    MODEL_REGISTERED,
    TRAINING_UNRECORDED,
)
from evidence.signals.research import NOTEBOOK_CODE_SHARE, NOTEBOOK_IN_PRODUCTION, NOTEBOOKS_OUT_OF_ORDER
from evidence.signals.serving import (
    ENDPOINT_WITHOUT_AUTHENTICATION,
    FEATURES_COMPUTED_TWICE,
    FEATURES_SHARED,
    INTERFACE_VERSIONED,
    LOAD_TEST_PRESENT,
    PREDICTIONS_UNTRACED,
    REQUEST_TYPED,
    REQUEST_UNTYPED,
    SERVICE_METRICS_PRESENT,
)
from evidence.signals.testing import (
    CI_RUNS_TESTS,
    LOCK_FILE_PRESENT,
    TESTS_MISSING,
    UNPINNED_DEPENDENCIES,
    UNSEEDED_RANDOMNESS,
)

SIGNALS: dict[str, Detector] = {
    "absolute-paths": ABSOLUTE_PATHS,
    "admitted-debt": ADMITTED_DEBT,
    "admitted-debt-left": ADMITTED_DEBT_LEFT,
    "alert-rules-kept": ALERT_RULES_KEPT,
    "answer-parsed-unchecked": ANSWER_PARSED_UNCHECKED,
    "answers-evaluated": ANSWERS_EVALUATED,
    "base-image-floating": BASE_IMAGE_FLOATING,
    "broad-except": BROAD_EXCEPT,
    "change-form-present": CHANGE_FORM_PRESENT,
    "ci-runs-tests": CI_RUNS_TESTS,
    "commented-out-code": COMMENTED_OUT_CODE,
    "complex-files-change-often": COMPLEX_FILES_CHANGE_OFTEN,
    "complex-functions": COMPLEX_FUNCTIONS,
    "config-literals-in-code": CONFIG_LITERALS_IN_CODE,
    "config-without-schema": CONFIG_WITHOUT_SCHEMA,
    "data-checks-present": DATA_CHECKS_PRESENT,
    "data-tests-present": DATA_TESTS_PRESENT,
    "data-version-recorded": DATA_VERSION_RECORDED,
    "decisions-recorded": DECISIONS_RECORDED,
    "determinism-asked-for": DETERMINISM_ASKED_FOR,
    "development-in-production": DEVELOPMENT_IN_PRODUCTION,
    "duplicated-functions": DUPLICATED_FUNCTIONS,
    "endpoint-without-authentication": ENDPOINT_WITHOUT_AUTHENTICATION,
    "env-reads-scattered": ENV_READS_SCATTERED,
    "environment-described": ENVIRONMENT_DESCRIBED,
    "experiments-tracked": EXPERIMENTS_TRACKED,
    "exploration-present": EXPLORATION_PRESENT,
    "feature-lists-repeated": FEATURE_LISTS_REPEATED,
    "features-computed-twice": FEATURES_COMPUTED_TWICE,
    "features-shared": FEATURES_SHARED,
    "files-change-together": FILES_CHANGE_TOGETHER,
    "files-handed-on": FILES_HANDED_ON,
    "floating-model-alias": FLOATING_MODEL_ALIAS,
    "fragile-table-code": FRAGILE_TABLE_CODE,
    "import-cycle": IMPORT_CYCLE,
    "interface-versioned": INTERFACE_VERSIONED,
    "joins-left-to-defaults": JOINS_LEFT_TO_DEFAULTS,
    "known-answers-tested": KNOWN_ANSWERS_TESTED,
    "large-data-in-repository": LARGE_DATA_IN_REPOSITORY,
    "learning-package-everywhere": LEARNING_PACKAGE_EVERYWHERE,
    "load-test-present": LOAD_TEST_PRESENT,
    "lock-file-present": LOCK_FILE_PRESENT,
    "model-call-unbounded": MODEL_CALL_UNBOUNDED,
    "model-card-present": MODEL_CARD_PRESENT,
    "model-files-in-repository": MODEL_FILES_IN_REPOSITORY,
    "model-output-feeds-training": MODEL_OUTPUT_FEEDS_TRAINING,
    "model-quality-tested": MODEL_QUALITY_TESTED,
    "model-registered": MODEL_REGISTERED,
    "models-chained": MODELS_CHAINED,
    "monitoring-tool-used": MONITORING_TOOL_USED,
    "notebook-cells-broken": NOTEBOOK_CELLS_BROKEN,
    "notebook-code-share": NOTEBOOK_CODE_SHARE,
    "notebook-errors-kept": NOTEBOOK_ERRORS_KEPT,
    "notebook-hidden-state": NOTEBOOK_HIDDEN_STATE,
    "notebook-in-production": NOTEBOOK_IN_PRODUCTION,
    "notebook-outputs-kept": NOTEBOOK_OUTPUTS_KEPT,
    "notebooks-out-of-order": NOTEBOOKS_OUT_OF_ORDER,
    "notebooks-too-long": NOTEBOOKS_TOO_LONG,
    "owners-named": OWNERS_NAMED,
    "prediction-log-without-version": PREDICTION_LOG_WITHOUT_VERSION,
    "predictions-untraced": PREDICTIONS_UNTRACED,
    "print-instead-of-logging": PRINT_INSTEAD_OF_LOGGING,
    "prompt-in-code": PROMPT_IN_CODE,
    "request-typed": REQUEST_TYPED,
    "request-untyped": REQUEST_UNTYPED,
    "risk-assessment-present": RISK_ASSESSMENT_PRESENT,
    "runbook-present": RUNBOOK_PRESENT,
    "secrets-in-code": SECRETS_IN_CODE,
    "service-metrics-present": SERVICE_METRICS_PRESENT,
    "settings-copied": SETTINGS_COPIED,
    "settings-tested": SETTINGS_TESTED,
    "several-frameworks": SEVERAL_FRAMEWORKS,
    "several-languages": SEVERAL_LANGUAGES,
    "several-orchestrators": SEVERAL_ORCHESTRATORS,
    "shared-output-paths": SHARED_OUTPUT_PATHS,
    "split-after-fit": SPLIT_AFTER_FIT,
    "stale-copies": STALE_COPIES,
    "switched-off-code": SWITCHED_OFF_CODE,
    "tests-missing": TESTS_MISSING,
    "training-at-top-level": TRAINING_AT_TOP_LEVEL,
    "training-unrecorded": TRAINING_UNRECORDED,
    "transformer-outside-pipeline": TRANSFORMER_OUTSIDE_PIPELINE,
    "undeclared-imports": UNDECLARED_IMPORTS,
    "unpinned-dependencies": UNPINNED_DEPENDENCIES,
    "unreferenced-modules": UNREFERENCED_MODULES,
    "unseeded-randomness": UNSEEDED_RANDOMNESS,
    "unused-dependencies": UNUSED_DEPENDENCIES,
    "unversioned-remote-data": UNVERSIONED_REMOTE_DATA,
    "upgrade-bot-present": UPGRADE_BOT_PRESENT,
    "used-but-untouched": USED_BUT_UNTOUCHED,
    "work-rests-on-few": WORK_RESTS_ON_FEW,
}
