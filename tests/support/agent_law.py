"""The law of the Faust agent, as far as code shows it: docs/adr/0008-the-law-of-the-agent.md."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator


def violations(source: str) -> list[str]:
    """Return which sentences of the law the agent in `source` breaks; none for a lawful one."""
    module = ast.parse(source)
    return [sentence for sentence, is_kept in _LAW.items() if not is_kept(module)]


def agent_of(module: ast.Module) -> ast.AsyncFunctionDef:
    """Return the one function that is decorated as an agent."""
    [agent] = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.AsyncFunctionDef)
        and any(_is_method(_callee(each), "agent") for each in node.decorator_list)
    ]
    return agent


def _is_raw(module: ast.Module) -> bool:
    topics = [call for call in _calls(module) if _is_method(call.func, "topic")]
    return bool(topics) and all(_keywords(call) == {None: "_RAW"} for call in topics)


def _raw_is_bytes(module: ast.Module) -> bool:
    """The settings of raw topics say bytes and the raw serializer for keys and values."""
    wanted = {
        "key_type": "bytes",
        "key_serializer": "'raw'",
        "value_type": "bytes",
        "value_serializer": "'raw'",
    }
    for node in ast.walk(module):
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_RAW":
            assert isinstance(node.value, ast.Dict)
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return {
                ast.literal_eval(key): ast.unparse(value) for key, value in pairs if key
            } == wanted
    return False


def _takes_unacknowledged(module: ast.Module) -> bool:
    loops = [node for node in ast.walk(agent_of(module)) if isinstance(node, ast.AsyncFor)]
    return [_chain(loop.iter) for loop in loops] == [["stream", "noack", "noack_take"]]


def _is_prompt(module: ast.Module) -> bool:
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "WITHIN_SECONDS":
            return bool(ast.literal_eval(node.value) <= 0.02)
    return False


def _is_alone(module: ast.Module) -> bool:
    agent = [call for call in _calls(module) if _is_method(call.func, "agent")]
    return not any(
        keyword.arg in {"concurrency", "isolated_partitions", "supervisor_strategy"}
        for call in agent
        for keyword in call.keywords
    )


def _awaits_every_future(module: ast.Module) -> bool:
    """Sends are awaited into one list, and the list is awaited by gather, without exceptions kept."""
    agent = agent_of(module)
    sends = [call for call in _calls(agent) if _is_method(call.func, "send")]
    lists = [
        ast.unparse(node.targets[0])
        for node in ast.walk(agent)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.ListComp)
        and isinstance(node.value.elt, ast.Await)
        and _is_method(_callee(node.value.elt.value), "send")
    ]
    gathered = [
        ast.unparse(node.value)
        for node in ast.walk(agent)
        if isinstance(node, ast.Await) and _is_method(_callee(node.value), "gather")
    ]
    return len(sends) == 1 and gathered == [f"asyncio.gather(*{name})" for name in lists]


def _acknowledges_last(module: ast.Module) -> bool:
    """The last statement of the batch acknowledges its events in their order; nothing else does."""
    agent = agent_of(module)
    [loop] = [node for node in ast.walk(agent) if isinstance(node, ast.AsyncFor)]
    last = loop.body[-1]
    acks = [call for call in _calls(module) if _is_method(call.func, "ack")]
    return (
        len(acks) == 1
        and isinstance(last, ast.For)
        and ast.unparse(last.iter) == ast.unparse(loop.target)
        and [ast.unparse(each) for each in last.body] == [f"{ast.unparse(last.target)}.ack()"]
    )


def _ends_on_failure(module: ast.Module) -> bool:
    """All of the agent stands in one try that hands any Exception, and no more, to `fatal`."""
    body = agent_of(module).body
    if len(body) != 1 or not isinstance(body[0], ast.Try) or body[0].finalbody:
        return False
    handlers = body[0].handlers
    return (
        len(handlers) == 1
        and handlers[0].type is not None
        and ast.unparse(handlers[0].type) == "Exception"
        and [ast.unparse(each) for each in handlers[0].body] == [f"fatal({handlers[0].name})"]
    )


def _classifies_elsewhere(module: ast.Module) -> bool:
    imported = {
        name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module is not None
        for name in [node.module]
    }
    return not any(name.startswith("services.classifier.pipeline") for name in imported)


def _has_no_state(module: ast.Module) -> bool:
    banned = {"Table", "GlobalTable", "SetTable", "hopping", "tumbling", "take"}
    methods = {node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute)}
    settings = _settings(module)
    return not banned & methods and "processing_guarantee" not in settings


def _serves_nothing(module: ast.Module) -> bool:
    settings = _settings(module)
    return settings.get("web_enabled") == "False" and settings.get("stream_wait_empty") == "False"


def _watches_crashes(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.If) and ast.unparse(node.test) == "app.crashed"
        for node in ast.walk(module)
    )


_LAW: dict[str, Callable[[ast.Module], bool]] = {
    "raw bytes": lambda module: _is_raw(module) and _raw_is_bytes(module),
    "stream.noack().noack_take(…)": _takes_unacknowledged,
    "within 20 ms": _is_prompt,
    "never concurrency": _is_alone,
    "classification in the child": _classifies_elsewhere,
    "every produced future awaited": _awaits_every_future,
    "acks in order and last": _acknowledges_last,
    "a failure ends the process": _ends_on_failure,
    "no tables, no windows, no exactly_once": _has_no_state,
    "Faust's web off": _serves_nothing,
    "app.crashed watched": _watches_crashes,
}


def _settings(module: ast.Module) -> dict[str, str]:
    [app] = [call for call in _calls(module) if ast.unparse(call.func) == "faust.App"]
    return {keyword.arg: ast.unparse(keyword.value) for keyword in app.keywords if keyword.arg}


def _keywords(call: ast.Call) -> dict[str | None, str]:
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _callee(node: ast.AST) -> ast.AST:
    return node.func if isinstance(node, ast.Call) else node


def _is_method(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name


def _chain(node: ast.AST) -> list[str]:
    """Return the names of `a.b().c()` as a, b, c."""
    if isinstance(node, ast.Call):
        return _chain(node.func)
    if isinstance(node, ast.Attribute):
        return [*_chain(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []
