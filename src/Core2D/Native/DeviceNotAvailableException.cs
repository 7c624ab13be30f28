namespace Cellpose3D.Core2D.Native;

/// <summary>A compute device was asked for by name and is not there; the message says what to do.</summary>
public sealed class DeviceNotAvailableException : Exception
{
    /// <summary>Makes the exception.</summary>
    public DeviceNotAvailableException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was asked for, what is there, and the remedy.</param>
    public DeviceNotAvailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was asked for, what is there, and the remedy.</param>
    /// <param name="innerException">The cause.</param>
    public DeviceNotAvailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
