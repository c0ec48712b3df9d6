using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>
/// Who has to understand all of the code that an <see cref="Interpreter"/> runs: it says what torch's functions mean to it, and what ends with a block. Whatever has no exact meaning
/// ends the walk (<see cref="Interpreter.IsOut"/>): an expression of which nothing is known, a condition that could be either, a place that is not followed.
/// </summary>
internal interface IExactReader
{
    /// <summary>How many things end with a block that is still open.</summary>
    int Open { get; }

    /// <summary>Whether the call is the reader's; what it gives, or null where it has no exact meaning.</summary>
    bool Reads(IInvocationOperation call, Interpreter walk, out Known? result);

    /// <summary>What a property is that the reader knows, or null.</summary>
    Known? Property(IPropertyReferenceOperation property, Interpreter walk);

    /// <summary>What stands there in something that only the reader knows, or null.</summary>
    Known? Element(Known? list, Known? index);

    /// <summary>Whether the value may still be read.</summary>
    bool IsUsable(Known value);

    /// <summary>Whether the statement only refuses arguments and does nothing else: an object is made with those that pass, or not at all.</summary>
    bool OnlyRefuses(IConditionalOperation statement);

    /// <summary>The value ends with the block that is open, the last one first.</summary>
    void EndLater(Known? value);

    /// <summary>The block is over: what has been said to end since there were so many ends.</summary>
    void EndFrom(int mark);
}
