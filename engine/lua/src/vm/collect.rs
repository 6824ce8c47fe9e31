//! The collector: marks what can be reached from what runs, from the globals and from the pins, then frees the rest. It
//! runs between instructions only, so that a native's values are safe until it ends. What it costs is paid in fuel.

use core::mem;

use alloc::vec::Vec;

use super::Vm;
use super::operate::Event;
use super::thread::ThreadObject;
use crate::compile::Proto;
use crate::heap::{Arena, FunctionObject, Heap, TableObject, UPVALUE_WEIGHT, UpvalueObject};
use crate::value::{Raise, Str, Table, Value};

/// The least use at which it is worth the trouble.
const THRESHOLD_MIN: usize = 32 * 1024;

/// What is known to be alive.
struct Marker<'a> {
    heap: &'a mut Heap,
    code: &'a mut Arena<Proto>,
    /// Alive, but not looked into yet.
    gray: Vec<Value>,
    protos: Vec<u32>,
    weak: Vec<Weak>,
    mode: Option<Str>,
    running: u32,
    looked: u64,
}

/// A table that doesn't keep its keys or its values alive.
struct Weak {
    table: Table,
    keys: bool,
    values: bool,
}

impl Vm {
    /// Frees what can't be reached any more.
    pub fn collect(&mut self) {
        let registers_of = |proto: u32| usize::from(self.code[proto].registers);
        let top = self.thread.top(registers_of).min(self.thread.stack.len());
        self.thread.stack[top..].fill(Value::Nil);
        let mut marker = Marker {
            heap: &mut self.heap,
            code: &mut self.code,
            gray: Vec::new(),
            protos: Vec::new(),
            weak: Vec::new(),
            mode: self.events[Event::Mode as usize],
            running: self.running.0,
            looked: 0,
        };
        marker.thread(&self.thread);
        marker.value(Value::Thread(self.running));
        marker.value(Value::Thread(self.main));
        if let Some(still) = &self.still {
            marker.value(Value::Thread(still.running));
            marker.value(Value::Thread(still.main));
        }
        marker.value(Value::Table(self.globals));
        marker.value(self.memory_text);
        marker.value(self.handler_text);
        if let Some(metatable) = self.string_metatable.checked_sub(1) {
            marker.value(Value::Table(Table(metatable)));
        }
        let kept = self.results.iter().chain(&self.pins).copied();
        let events = self.events.iter().flatten().map(|event| Value::String(*event));
        for value in kept.chain(events) {
            marker.value(value);
        }
        marker.trace();
        marker.forget();
        let looked = marker.looked;
        let heap = &self.heap;
        let places = heap.strings.places() + heap.tables.len() + heap.functions.len() + heap.upvalues.len();
        self.sweep();
        let used = self.heap.used();
        let free = self.heap.limit() - used.min(self.heap.limit());
        self.heap.threshold = used + used.max(THRESHOLD_MIN).min(free / 2);
        self.fuel = self.fuel.saturating_sub_unsigned(looked / 8 + places as u64 / 32);
    }

    /// Collects, if that many bytes would not fit otherwise.
    pub(super) fn make_room(&mut self, bytes: usize) -> Result<(), Raise> {
        self.try_room(bytes);
        self.heap.room(bytes)
    }

    /// The same, where somebody else will see whether it was enough.
    pub(super) fn try_room(&mut self, bytes: usize) {
        if self.heap.room(bytes).is_err() {
            self.collect();
        }
    }

    fn sweep(&mut self) {
        let heap = &mut self.heap;
        let mut freed = heap.strings.sweep();
        heap.tables.sweep(|_, table| freed += table.weight());
        heap.functions.sweep(|_, function| freed += function.weight());
        heap.upvalues.sweep(|_, _| freed += UPVALUE_WEIGHT);
        heap.threads.sweep(|_, thread| freed += thread.weight + thread.task_weight());
        self.code.sweep(|_, proto| freed += proto.weight());
        heap.refund(freed);
    }
}

impl Marker<'_> {
    fn value(&mut self, value: Value) {
        let first = match value {
            Value::String(string) => {
                self.heap.strings.mark(string);
                return;
            }
            Value::Table(table) => self.heap.tables.mark(table.0),
            Value::Function(function) => self.heap.functions.mark(function.0),
            Value::Thread(thread) => self.heap.threads.mark(thread.0),
            Value::Nil | Value::Bool(_) | Value::Number(_) | Value::Light(_) => return,
        };
        if first {
            self.gray.push(value);
        }
    }

    fn values(&mut self, values: &[Value]) {
        for value in values {
            self.value(*value);
        }
    }

    /// Looks into everything that is alive.
    fn trace(&mut self) {
        loop {
            if let Some(value) = self.gray.pop() {
                self.looked += 1;
                self.look_into(value);
            } else if let Some(proto) = self.protos.pop() {
                self.look_into_code(proto);
            } else {
                return;
            }
        }
    }

    fn look_into(&mut self, value: Value) {
        match value {
            Value::Table(table) => {
                let object = mem::take(&mut self.heap.tables[table.0]);
                self.table(table, &object);
                self.heap.tables[table.0] = object;
            }
            Value::Function(function) => {
                let object = mem::take(&mut self.heap.functions[function.0]);
                self.value(Value::Table(object.environment()));
                match &object {
                    FunctionObject::Lua(closure) => {
                        self.proto(closure.proto);
                        for id in &closure.upvalues {
                            self.upvalue(*id);
                        }
                    }
                    FunctionObject::Native(native) => self.values(&native.captured),
                }
                self.heap.functions[function.0] = object;
            }
            Value::Thread(thread) if thread.0 != self.running => {
                let object = mem::take(&mut self.heap.threads[thread.0]);
                self.thread(&object);
                self.heap.threads[thread.0] = object;
            }
            _ => {}
        }
    }

    fn table(&mut self, table: Table, object: &TableObject) {
        self.looked += ((object.array.len() + object.nodes.len()) / 4) as u64;
        let (mut weak_keys, mut weak_values) = (false, false);
        if let Some(metatable) = object.metatable.checked_sub(1).map(Table) {
            self.value(Value::Table(metatable));
            let holder = if metatable == table { object } else { &self.heap.tables[metatable.0] };
            if let Some(Value::String(mode)) = self.mode.map(|name| holder.get_short(name)) {
                let mode = self.heap.bytes(mode);
                (weak_keys, weak_values) = (mode.contains(&b'k'), mode.contains(&b'v'));
            }
        }
        if weak_keys || weak_values {
            self.weak.push(Weak { table, keys: weak_keys, values: weak_values });
        }
        if !weak_values {
            self.values(&object.array);
        }
        for node in &object.nodes {
            // Keys without a value are kept too: a traversal may stand there.
            if !weak_keys || matches!(node.key, Value::String(_)) {
                self.value(node.key);
            }
            if !weak_values || matches!(node.value, Value::String(_)) {
                self.value(node.value);
            }
        }
        if weak_values {
            for value in object.array.iter().filter(|value| matches!(value, Value::String(_))) {
                self.value(*value);
            }
        }
    }

    fn thread(&mut self, thread: &ThreadObject) {
        let top = thread.top(|proto| usize::from(self.code[proto].registers)).min(thread.stack.len());
        self.looked += (top / 4) as u64;
        self.values(&thread.stack[..top]);
        for frame in &thread.frames {
            self.value(Value::Function(frame.function));
        }
        for (_, id) in &thread.open {
            self.upvalue(*id);
        }
        if let Some(resumer) = thread.resumer {
            self.value(Value::Thread(resumer));
        }
    }

    fn upvalue(&mut self, id: u32) {
        if self.heap.upvalues.mark(id) {
            match self.heap.upvalues[id] {
                UpvalueObject::Closed(value) => self.value(value),
                // The stack is where it lives.
                UpvalueObject::Open { thread, .. } => self.value(Value::Thread(crate::value::Thread(thread))),
            }
        }
    }

    fn proto(&mut self, proto: u32) {
        if self.code.mark(proto) {
            self.protos.push(proto);
        }
    }

    fn look_into_code(&mut self, proto: u32) {
        let object = mem::take(&mut self.code[proto]);
        self.values(&object.constants);
        let names = object.upvalues.iter().copied().chain(object.locals.iter().map(|local| local.name));
        for name in names.chain(object.source) {
            self.value(Value::String(name));
        }
        for inner in &object.protos {
            self.proto(*inner);
        }
        self.code[proto] = object;
    }

    /// Takes what died out of weak tables.
    fn forget(&mut self) {
        for Weak { table, keys, values } in mem::take(&mut self.weak) {
            let mut object = mem::take(&mut self.heap.tables[table.0]);
            let heap = &*self.heap;
            object.forget(keys, values, |value| match value {
                Value::Table(table) => !heap.tables.is_marked(table.0),
                Value::Function(function) => !heap.functions.is_marked(function.0),
                Value::Thread(thread) => !heap.threads.is_marked(thread.0),
                _ => false,
            });
            self.heap.tables[table.0] = object;
        }
    }
}
