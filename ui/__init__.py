"""The Gradio chat, its pictures, and the command line."""
