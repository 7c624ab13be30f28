namespace Cellpose3D.Viewer.Contexts;

/// <summary>OpenGL is not there, or does not do what is asked of it; the message says what to do.</summary>
public sealed class GlContextException : Exception
{
    /// <summary>Makes the exception.</summary>
    public GlContextException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed, and the remedy.</param>
    public GlContextException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed, and the remedy.</param>
    /// <param name="innerException">The cause.</param>
    public GlContextException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
