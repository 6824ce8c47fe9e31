//! The arguments of a command as parameters of a method.
//!
//! Words stay in the order of the command line. What begins with a literal word (`EX seconds`, `NX`) becomes a property
//! of an options object, and neighbours share one:
//!
//! ```text
//! SET key value [NX | XX] [EX seconds]        set(key, value, options?: { NX?: boolean; XX?: boolean; EX?: Argument })
//! ZADD key [NX | XX] score member [...]       zadd(key, options, ...scoreMember), zadd(key, ...scoreMember)
//! LINSERT key BEFORE | AFTER pivot element    linsert(key, where: 'BEFORE' | 'AFTER', pivot, element)
//! ```

use redstart_engine::command::flag::BLOCKING;
use redstart_engine::command::{Arg, ArgKind, Command};

/// One parameter.
#[derive(Clone, Debug)]
struct Parameter {
    name: String,
    kind: String,
    optional: bool,
    /// Takes all that follows; only the last one does.
    rest: bool,
}

/// A property of an options object.
#[derive(Clone, Debug)]
struct Property {
    word: &'static str,
    values: Vec<String>,
    optional: bool,
}

/// The parameter lists that a command takes: more than one when something in the middle may be left out.
pub(crate) fn signatures(command: &Command) -> Vec<String> {
    let mut parameters = parameters(command.args);
    let words = 1 + command.name.matches('|').count();
    if parameters.is_empty()
        && command.arity.unsigned_abs() as usize + usize::from(command.arity < 0) > words + 1
    {
        // The table doesn't say what follows.
        parameters.push(Parameter {
            name: "words".to_owned(),
            kind: "Loose[]".to_owned(),
            optional: false,
            rest: true,
        });
    }
    if command.has(BLOCKING) {
        add_signal(&mut parameters);
    }
    without_optional_middles(parameters).iter().map(|list| print(list)).collect()
}

fn parameters(args: &'static [Arg]) -> Vec<Parameter> {
    let mut list: Vec<Parameter> = Vec::new();
    let mut options: Vec<Property> = Vec::new();
    let mut repeats = false;
    for (at, arg) in args.iter().enumerate() {
        if is_option(arg) {
            repeats |= repeats_its_words(arg);
            options.extend(properties(arg, arg.optional));
            continue;
        }
        flush(&mut list, &mut options, repeats);
        list.extend(positional(arg, at + 1 == args.len()));
    }
    flush(&mut list, &mut options, repeats);
    list
}

fn flush(list: &mut Vec<Parameter>, options: &mut Vec<Property>, repeats: bool) {
    if options.is_empty() {
        return;
    }
    let optional = options.iter().all(|property| property.optional);
    let object = object(options);
    let kind = if repeats { format!("Many<{object}>") } else { object };
    let taken = list.iter().any(|parameter| parameter.name == "options");
    let name = if taken { "more" } else { "options" };
    list.push(Parameter { name: name.to_owned(), kind, optional, rest: false });
    options.clear();
}

fn object(options: &[Property]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut properties = Vec::new();
    for Property { word, values, optional } in options {
        if seen.contains(word) {
            continue;
        }
        seen.push(word);
        let name = if word.chars().all(|c| c.is_ascii_alphanumeric()) {
            (*word).to_owned()
        } else {
            format!("'{word}'")
        };
        let kind = match values.as_slice() {
            [] => "boolean".to_owned(),
            [one] => one.clone(),
            many => format!("readonly [{}]", many.join(", ")),
        };
        properties.push(format!("{name}{}: {kind}", if *optional { "?" } else { "" }));
    }
    format!("{{ {} }}", properties.join("; "))
}

/// Whether an argument begins with a literal word, and is not just the choice of one.
fn is_option(arg: &Arg) -> bool {
    if arg.token.is_some() {
        return arg.kind != ArgKind::Token || arg.optional;
    }
    match arg.kind {
        ArgKind::OneOf if !arg.optional && is_choice_of_words(arg) => false,
        ArgKind::OneOf => arg.args.iter().all(|member| member.token.is_some() || is_option(member)),
        ArgKind::Block => arg.args.first().is_some_and(|first| {
            let all = || arg.args.iter().all(is_option);
            let some = || arg.args.iter().any(|member| member.token.is_some());
            is_option(first) && (!first.optional || all()) || is_choice_of_words(first) && some()
        }),
        _ => false,
    }
}

fn is_choice_of_words(arg: &Arg) -> bool {
    arg.kind == ArgKind::OneOf && arg.args.iter().all(|member| member.kind == ArgKind::Token)
}

fn repeats_its_words(arg: &Arg) -> bool {
    arg.multiple_token || (arg.multiple && arg.token.is_none())
}

/// What an option adds to its object.
fn properties(arg: &'static Arg, optional: bool) -> Vec<Property> {
    if let Some(word) = arg.token {
        let values = if arg.kind == ArgKind::Token { Vec::new() } else { vec![value(arg)] };
        return vec![Property { word, values, optional }];
    }
    match arg.kind {
        ArgKind::OneOf => {
            let alone = arg.args.len() == 1;
            arg.args.iter().flat_map(|member| properties(member, optional || !alone)).collect()
        }
        _ => block(arg.args, optional),
    }
}

/// The members of a block: what has no word of its own belongs to the word before it.
fn block(members: &'static [Arg], optional: bool) -> Vec<Property> {
    let mut list: Vec<Property> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for member in members {
        if member.token.is_some()
            || (list.is_empty() && is_choice_of_words(member))
            || is_option(member) && !is_choice_of_words(member)
        {
            let from = list.len();
            list.extend(properties(member, optional || member.optional || member.kind == ArgKind::OneOf));
            open = (from..list.len()).collect();
        } else {
            for &at in &open {
                let kind = value(member);
                list[at].values.push(kind);
            }
        }
    }
    // A value that may be left out in the middle makes a list of any length.
    for property in &mut list {
        if property.values.len() > 1 && members.iter().any(|member| member.optional && member.token.is_none())
        {
            property.values = vec!["Many<Argument>".to_owned()];
        }
    }
    list
}

/// What stands after a word, or alone.
fn value(arg: &'static Arg) -> String {
    let one = match arg.kind {
        ArgKind::OneOf if is_choice_of_words(arg) => words(arg),
        ArgKind::OneOf => "Many<Argument>".to_owned(),
        ArgKind::Block
            if arg
                .args
                .iter()
                .all(|member| !member.optional && !member.multiple && member.args.is_empty()) =>
        {
            let members: Vec<&str> = arg.args.iter().map(|_| "Argument").collect();
            format!("readonly [{}]", members.join(", "))
        }
        ArgKind::Block => return "Words".to_owned(),
        _ => "Argument".to_owned(),
    };
    if arg.multiple && !arg.multiple_token { format!("Many<{one}>") } else { one }
}

fn words(arg: &Arg) -> String {
    let words: Vec<String> =
        arg.args.iter().filter_map(|member| member.token).map(|word| format!("'{word}'")).collect();
    words.join(" | ")
}

/// A parameter without a word of its own; a block gives one for each of its members.
fn positional(arg: &'static Arg, last: bool) -> Vec<Parameter> {
    let name = camel(arg.name);
    let one = |kind: String, rest: bool| Parameter { name: name.clone(), kind, optional: arg.optional, rest };
    if arg.multiple && last {
        let pairs = arg.kind == ArgKind::Block && arg.args.len() == 2 && arg.args[0].kind != ArgKind::Double;
        return vec![one(if pairs { "Pairs".to_owned() } else { "Many<Argument>[]".to_owned() }, true)];
    }
    match arg.kind {
        ArgKind::Block if !arg.multiple && arg.args.iter().all(|member| !is_option(member)) => {
            let mut members = parameters(arg.args);
            if arg.optional {
                members.iter_mut().for_each(|member| member.optional = true);
            }
            members
        }
        ArgKind::Block => vec![one("Loose[]".to_owned(), true)],
        ArgKind::OneOf if is_choice_of_words(arg) => vec![one(words(arg), false)],
        ArgKind::OneOf if arg.args.iter().any(|member| member.multiple) => {
            vec![one("Loose[]".to_owned(), true)]
        }
        ArgKind::Token => vec![one(format!("'{}'", arg.token.unwrap_or_default()), false)],
        _ if arg.multiple => vec![one("Many<Argument>".to_owned(), false)],
        _ => vec![one("Argument".to_owned(), false)],
    }
}

/// A command that may wait takes a signal that ends the waiting.
fn add_signal(list: &mut Vec<Parameter>) {
    match list.last_mut() {
        Some(last) if last.name == "options" => last.kind.push_str(" & Blocking"),
        Some(last) if last.rest => {}
        _ => list.push(Parameter {
            name: "waiting".to_owned(),
            kind: "Blocking".to_owned(),
            optional: true,
            rest: false,
        }),
    }
}

/// The lists without and with what is optional before something that is not.
fn without_optional_middles(list: Vec<Parameter>) -> Vec<Vec<Parameter>> {
    let required = |parameter: &Parameter| !parameter.optional;
    let Some(last_required) = list.iter().rposition(required) else { return vec![list] };
    let Some(middle) = list[..last_required].iter().position(|parameter| parameter.optional) else {
        return vec![list];
    };
    let mut with = list.clone();
    with[middle].optional = false;
    let mut without = list;
    without.remove(middle);
    [with, without].into_iter().flat_map(without_optional_middles).collect()
}

fn print(list: &[Parameter]) -> String {
    let mut used: Vec<String> = Vec::new();
    let mut parameters = Vec::new();
    for Parameter { name, kind, optional, rest } in list {
        let mut name = name.clone();
        while used.contains(&name) {
            name.push('2');
        }
        used.push(name.clone());
        parameters.push(match (rest, optional) {
            (true, _) => format!("...{name}: {kind}"),
            (false, true) => format!("{name}?: {kind}"),
            (false, false) => format!("{name}: {kind}"),
        });
    }
    parameters.join(", ")
}

/// `destinationDb` for `destination-db`; a word that TypeScript keeps for itself gets a line below it.
fn camel(name: &str) -> String {
    let mut camel = String::new();
    let mut upper = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            upper = !camel.is_empty();
        } else if upper {
            camel.push(c.to_ascii_uppercase());
            upper = false;
        } else {
            camel.push(c);
        }
    }
    if ["function", "in", "new", "delete", "default", "with", "arguments"].contains(&camel.as_str()) {
        camel.push('_');
    }
    camel
}
