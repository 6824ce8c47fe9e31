//! What a variable of Lua holds: sixteen bytes that are copied freely. Whatever is bigger lies in the
//! [`Heap`](crate::Heap), and the value is its number there.

/// A value of Lua.
#[derive(Debug, Clone, Copy, Default)]
pub enum Value {
    /// `nil`.
    #[default]
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A number: Lua 5.1 has one kind.
    Number(f64),
    /// A bare pointer of the embedder; `Light(0)` is its NULL.
    Light(u32),
    /// A string of bytes.
    String(Str),
    /// A table.
    Table(Table),
    /// A function, written in Lua or native.
    Function(Function),
    /// A coroutine.
    Thread(Thread),
}

/// A string's place in the heap, and its hash if it is short: a lookup by a short string reads the table alone.
#[derive(Debug, Clone, Copy)]
pub struct Str {
    pub(crate) id: u32,
    pub(crate) hash: u32,
}

impl Str {
    /// Set in the id of a string that is too long to be kept once only.
    pub(crate) const LONG: u32 = 1 << 31;

    pub(crate) const fn is_long(self) -> bool {
        self.id & Self::LONG != 0
    }

    pub(crate) const fn slot(self) -> u32 {
        self.id & !Self::LONG
    }
}

/// A table's place in the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table(pub(crate) u32);

/// A function's place in the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function(pub(crate) u32);

/// A coroutine's place in the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread(pub(crate) u32);

impl Value {
    /// Whether a condition takes it for true: everything but `nil` and `false`.
    #[inline]
    pub const fn is_true(self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    /// Whether it is `nil`.
    #[inline]
    pub const fn is_nil(self) -> bool {
        matches!(self, Self::Nil)
    }

    /// The name of its type, as `type` tells it.
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Table(_) => "table",
            Self::Function(_) => "function",
            Self::Light(_) => "userdata",
            Self::Thread(_) => "thread",
        }
    }

    /// Whether both are the same object or equal plain values; two long strings of equal bytes may not be the same.
    #[inline]
    pub(crate) fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Light(a), Self::Light(b)) => a == b,
            (Self::String(a), Self::String(b)) => a.id == b.id,
            (Self::Table(a), Self::Table(b)) => a == b,
            (Self::Function(a), Self::Function(b)) => a == b,
            (Self::Thread(a), Self::Thread(b)) => a == b,
            _ => false,
        }
    }
}

/// Why a function ended without a result.
#[derive(Debug, Clone, Copy)]
pub enum Raise {
    /// An error was raised, with this value.
    Error(Value),
    /// The memory limit was reached. Lua can catch it; no handler of `xpcall` is asked.
    Memory,
    /// An error within the handling of an error.
    Handler,
}

impl Raise {
    /// An error with a value as it is: no position is put before it.
    pub const fn value(value: Value) -> Self {
        Self::Error(value)
    }
}
